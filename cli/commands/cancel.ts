import type { Command } from 'commander'
import { type WaitOptions, command, withConfig, withTemporal, withWaiting } from './command.ts'

interface CancelOptions extends WaitOptions {
  readonly reason?: string
  readonly release?: string
}

export function cancelCommand(): Command {
  const cancel = command('cancel', 'Cancel the running release and roll back what it changed.', [
    'slipway cancel production',
    'slipway cancel production --reason "wrong branch" --no-wait',
  ])
    .argument('<environment>', 'environment in slipway.yaml')
    .option('--reason <text>', 'why, for the record')
    .option('--release <id>', 'waiting release to cancel (default: the running release)')
    .action(run)
  return withTemporal(withConfig(withWaiting(cancel)))
}

async function run(environment: string, options: CancelOptions): Promise<void> {
  const lazy = await import('../lazy.ts')
  const spec = await lazy.openEnvironment(environment, options)
  await lazy.withConnection(options, async ({ client }) => {
    await lazy.requireWorkers(client, { release: spec.taskQueues.release })
    const status = await lazy.environmentStatus(client, spec)
    const id = options.release ?? status?.running?.id
    const message = await lazy.requestControl(client, spec, 'cancel', {
      requestedBy: lazy.requester(),
      ...(options.reason === undefined ? {} : { reason: options.reason }),
      ...(id === undefined ? {} : { release: id }),
    })
    process.exitCode = await lazy.reportAndFollow(
      client,
      { releaseId: id ?? '', joined: true, message },
      {
        ...options,
        environment,
        temporalUi: spec.links?.temporalUi,
        expected: ['cancelled', 'rolled_back'],
      },
    )
  })
}
