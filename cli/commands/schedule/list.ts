import type { Command } from 'commander'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from '../command.ts'

export function listCommand(): Command {
  const list = command('list', 'List the schedules of an environment.', [
    'slipway schedule list production',
  ])
    .argument('<environment>', 'environment in slipway.yaml')
    .action(run)
  return withTemporal(withConfig(withJson(list)))
}

async function run(environment: string, options: CommonOptions): Promise<void> {
  const lazy = await import('../../lazy.ts')
  const { print, printJson } = await import('../../output.ts')
  const unknown = await lazy.openEnvironment(environment, options).then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  await lazy.withConnection(options, async ({ client }) => {
    const schedules = await lazy.listSchedules(client, environment)
    // Schedules of an environment that was removed from the file run until they are deleted.
    if (schedules.length === 0 && unknown !== undefined) throw unknown.error
    if (options.json === true) printJson(schedules)
    else if (schedules.length === 0) print(`${environment} has no schedules.`)
    else print(lazy.schedulesText(schedules))
  })
}
