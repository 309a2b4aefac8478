import type { Command } from 'commander'
import {
  type WaitOptions,
  command,
  exitStatuses,
  withConfig,
  withTemporal,
  withWaiting,
} from './command.ts'

export function waitCommand(): Command {
  const wait = command(
    'wait',
    'Wait until a release has ended, and exit with its outcome. Given an environment, waits for its running release, or else the waiting one, or else the last one.',
    ['slipway wait production', 'slipway wait release/production/3f2c1ab9d0e4 --timeout 30m'],
  )
    .argument('<release>', 'id of a release, or an environment in slipway.yaml')
    .addHelpText('after', exitStatuses)
    .action(run)
  return withTemporal(withConfig(withWaiting(wait)))
}

async function run(release: string, options: WaitOptions): Promise<void> {
  const lazy = await import('../lazy.ts')
  const environment = /^release\/([^/]+)\/./.exec(release)?.[1]
  if (environment !== undefined) {
    await lazy.withConnection(options, async ({ client }) => {
      const followed = { id: release, environment }
      process.exitCode = await lazy.followToEnd(client, followed, options)
    })
    return
  }
  const spec = await lazy.openEnvironment(release, options)
  await lazy.withConnection(options, async ({ client }) => {
    const status = await lazy.environmentStatus(client, spec)
    const id = status?.running?.id ?? status?.waiting[0]?.id ?? status?.releases[0]?.id
    if (id === undefined) {
      const { UserError } = await import('../../client/user-error.ts')
      throw new UserError(
        `Nothing has been released to ${release} yet, so there is nothing to wait for. Deploy first: slipway deploy ${release}`,
      )
    }
    const followed = { id, environment: release, temporalUi: spec.links?.temporalUi }
    process.exitCode = await lazy.followToEnd(client, followed, options)
  })
}
