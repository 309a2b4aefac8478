import type { Command } from 'commander'
import { type WaitOptions, command, withConfig, withTemporal, withWaiting } from './command.ts'
import { freezeOverride, overrideFreeze, overrideReason } from './freeze-override.ts'

interface RedeployOptions extends WaitOptions {
  readonly overrideFreeze?: boolean
  readonly reason?: string
}

export function redeployCommand(): Command {
  const redeploy = command(
    'redeploy',
    'Redeploy what is live: the same revisions with fresh tasks, for instance after rotating secrets.',
    ['slipway redeploy production'],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .option(...overrideFreeze)
    .option(...overrideReason)
    .action(run)
  return withTemporal(withConfig(withWaiting(redeploy)))
}

async function run(environment: string, options: RedeployOptions): Promise<void> {
  const lazy = await import('../lazy.ts')
  const override = freezeOverride(options)
  const spec = await lazy.openEnvironment(environment, options)
  await lazy.withConnection(options, async ({ client }) => {
    await lazy.requireWorkers(client, { release: spec.taskQueues.release })
    const requestedBy = lazy.requester()
    const accepted = await lazy.requestRedeploy(client, {
      kind: 'redeploy',
      spec,
      requestedBy,
      ...override,
    })
    process.exitCode = await lazy.reportAndFollow(client, accepted, {
      ...options,
      environment,
      temporalUi: spec.links?.temporalUi,
    })
  })
}
