import type { Command } from 'commander'
import { type CommonOptions, command, withJson, withTemporal } from '../command.ts'

export function showCommand(): Command {
  const show = command('show', 'Show a schedule, its next runs, and how its last runs ended.', [
    'slipway schedule show production nightly',
  ])
    .argument('<environment>', 'environment of the schedule')
    .argument('<name>', 'name of the schedule')
    .action(run)
  return withTemporal(withJson(show))
}

async function run(environment: string, name: string, options: CommonOptions): Promise<void> {
  const lazy = await import('../../lazy.ts')
  const { print, printJson } = await import('../../output.ts')
  await lazy.withConnection(options, async ({ client }) => {
    const schedule = await lazy.showSchedule(client, environment, name)
    if (options.json === true) printJson(schedule)
    else print(lazy.scheduleText(schedule))
  })
}
