import type { Command } from 'commander'
import { type WaitOptions, command, withConfig, withTemporal, withWaiting } from './command.ts'

interface RollbackOptions extends WaitOptions {
  readonly to?: string
  readonly reason?: string
}

export function rollbackCommand(): Command {
  const rollback = command(
    'rollback',
    'Take an environment back: to what ran before the live release, or to an earlier one. A release that runs is cancelled, which brings back what ran before it.',
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
      'id of an earlier release, or its commit (see: slipway releases), or a revision such as mailman-api:41 (see: slipway revisions)',
    )
    .option('--reason <text>', 'why, for those who read it later')
    .action(run)
  return withTemporal(withConfig(withWaiting(rollback)))
}

async function run(environment: string, options: RollbackOptions): Promise<void> {
  const online = await import('../lazy.ts')
  const spec = await online.openEnvironment(environment, options)
  await online.withConnection(options, async ({ client }) => {
    await online.requireWorkers(client, { release: spec.taskQueues.release })
    const { to, reason } = options
    const accepted = await online.requestRollback(client, {
      kind: 'rollback',
      spec,
      requestedBy: online.requester(),
      ...(to === undefined ? {} : { to }),
      ...(reason === undefined ? {} : { reason }),
    })
    process.exitCode = await online.reportAndFollow(client, accepted, {
      ...options,
      environment,
      temporalUi: spec.links?.temporalUi,
      // A release that was under way was cancelled, and what ran before it is back: as asked for.
      ...(accepted.joined ? { wanted: ['cancelled', 'rolled_back'] } : {}),
    })
  })
}
