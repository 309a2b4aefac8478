import type { Command } from 'commander'
import { type WaitOptions, command, withConfig, withTemporal, withWaiting } from './command.ts'

interface RollbackOptions extends WaitOptions {
  readonly to?: string
  readonly reason?: string
}

export function rollbackCommand(): Command {
  const rollback = command(
    'rollback',
    'Roll back an environment: to what ran before the live release, or to an earlier release or revision. After rollback_failed, first to the live release. If a release is running, cancel it and restore what ran before it.',
    [
      'slipway rollback production',
      'slipway rollback production --reason "checkout is slow since 12:30"',
      'slipway rollback production --to release/production/3f2c1ab9d0e4',
      'slipway rollback production --to mailman-api:41',
    ],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .option(
      '--to <release>',
      'id or commit of an earlier release (see slipway releases), or a revision such as mailman-api:41 (see slipway revisions)',
    )
    .option('--reason <text>', 'why, for the record')
    .action(run)
  return withTemporal(withConfig(withWaiting(rollback)))
}

async function run(environment: string, options: RollbackOptions): Promise<void> {
  const lazy = await import('../lazy.ts')
  const spec = await lazy.openEnvironment(environment, options)
  await lazy.withConnection(options, async ({ client }) => {
    await lazy.requireWorkers(client, { release: spec.taskQueues.release })
    const { to, reason } = options
    const accepted = await lazy.requestRollback(client, {
      kind: 'rollback',
      spec,
      requestedBy: lazy.requester(),
      ...(to === undefined ? {} : { to }),
      ...(reason === undefined ? {} : { reason }),
    })
    process.exitCode = await lazy.reportAndFollow(client, accepted, {
      ...options,
      environment,
      temporalUi: spec.links?.temporalUi,
      // A running release was cancelled, and what ran before it was restored, as requested.
      ...(accepted.joined ? { expected: ['cancelled', 'rolled_back'] } : {}),
    })
  })
}
