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
    'Start a new deployment of what is live: the same revisions, fresh tasks (for rotated secrets, for instance).',
    ['slipway redeploy production'],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .option(...overrideFreeze)
    .option(...overrideReason)
    .action(run)
  return withTemporal(withConfig(withWaiting(redeploy)))
}

async function run(environment: string, options: RedeployOptions): Promise<void> {
  const online = await import('../lazy.ts')
  const spec = await online.openEnvironment(environment, options)
  await online.withConnection(options, async ({ client }) => {
    await online.requireWorkers(client, { release: spec.taskQueues.release })
    const requestedBy = online.requester()
    const accepted = await online.requestRedeploy(client, {
      kind: 'redeploy',
      spec,
      requestedBy,
      ...freezeOverride(options),
    })
    process.exitCode = await online.reportAndFollow(client, accepted, {
      ...options,
      environment,
      temporalUi: spec.links?.temporalUi,
    })
  })
}
