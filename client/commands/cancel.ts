import type { Command } from 'commander'
import { type WaitOptions, command, withConfig, withTemporal, withWaiting } from './command.ts'

interface CancelOptions extends WaitOptions {
  readonly reason?: string
}

export function cancelCommand(): Command {
  const cancel = command(
    'cancel',
    'Cancel the release that runs; what it touched is brought back.',
    ['slipway cancel production', 'slipway cancel production --reason "wrong branch" --no-wait'],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .option('--reason <text>', 'why, for those who read it later')
    .action(run)
  return withTemporal(withConfig(withWaiting(cancel)))
}

async function run(environment: string, options: CancelOptions): Promise<void> {
  const online = await import('../online.ts')
  const target = await online.openTarget(environment, options)
  await online.withConnection(options, async ({ client }) => {
    await online.requireWorkers(client, { release: target.queues.release })
    const { id } = await online.requestCancel(client, target, {
      requestedBy: online.requester(),
      ...(options.reason === undefined ? {} : { reason: options.reason }),
    })
    const accepted = { releaseId: id, joined: true, message: `${id} is being cancelled` }
    process.exitCode = await online.tellAndFollow(client, accepted, {
      ...options,
      environment,
      wanted: ['cancelled', 'rolled_back'],
    })
  })
}
