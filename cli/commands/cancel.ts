import type { Command } from 'commander'
import { type WaitOptions, command, withConfig, withTemporal, withWaiting } from './command.ts'

interface CancelOptions extends WaitOptions {
  readonly reason?: string
  readonly release?: string
}

export function cancelCommand(): Command {
  const cancel = command(
    'cancel',
    'Cancel the release that runs; what it touched is brought back.',
    ['slipway cancel production', 'slipway cancel production --reason "wrong branch" --no-wait'],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .option('--reason <text>', 'why, for those who read it later')
    .option('--release <id>', 'a release that waits for its turn (default: the one that runs)')
    .action(run)
  return withTemporal(withConfig(withWaiting(cancel)))
}

async function run(environment: string, options: CancelOptions): Promise<void> {
  const online = await import('../lazy.ts')
  const spec = await online.openEnvironment(environment, options)
  await online.withConnection(options, async ({ client }) => {
    await online.requireWorkers(client, { release: spec.taskQueues.release })
    const status = await online.environmentStatus(client, spec)
    const id = options.release ?? status?.running?.id
    const message = await online.requestControl(client, spec, 'cancel', {
      requestedBy: online.requester(),
      ...(options.reason === undefined ? {} : { reason: options.reason }),
      ...(id === undefined ? {} : { release: id }),
    })
    process.exitCode = await online.reportAndFollow(
      client,
      { releaseId: id ?? '', joined: true, message },
      {
        ...options,
        environment,
        temporalUi: spec.links?.temporalUi,
        wanted: ['cancelled', 'rolled_back'],
      },
    )
  })
}
