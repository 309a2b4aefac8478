import type { Command } from 'commander'
import type { ScheduleControl } from '../../../client/index.ts'
import { type CommonOptions, command, withJson, withTemporal } from '../command.ts'

interface ControlOptions extends CommonOptions {
  readonly reason?: string
}

type Kind = ScheduleControl['kind']

/**
 * `pause`, `resume`, `trigger` and `delete` of a schedule. They need no slipway.yaml: a schedule
 * holds all that its runs need, and continues when its environment is removed from the file.
 */
export function controlCommands(): readonly Command[] {
  return [
    control(
      'pause',
      'Pause a schedule until it is resumed.',
      'nightly --reason "incident 42"',
    ).option(...reason),
    control('resume', 'Resume a paused schedule.', 'nightly').option(...reason),
    control(
      'trigger',
      'Run a schedule now, even if it is paused. Its scheduled times do not change.',
      'nightly',
    ),
    control('delete', 'Delete a schedule. A run that has begun continues.', 'nightly'),
  ]
}

const reason = ['--reason <text>', 'why, for the record'] as const

function control(kind: Kind, description: string, example: string): Command {
  const made = command(kind, description, [`slipway schedule ${kind} production ${example}`])
    .argument('<environment>', 'environment of the schedule')
    .argument('<name>', 'name of the schedule')
    .action((environment: string, name: string, options: ControlOptions) =>
      run(kind, environment, name, options),
    )
  return withTemporal(withJson(made))
}

async function run(
  kind: Kind,
  environment: string,
  name: string,
  options: ControlOptions,
): Promise<void> {
  const lazy = await import('../../lazy.ts')
  const { print, printJson } = await import('../../output.ts')
  await lazy.withConnection(options, async ({ client }) => {
    if (kind === 'trigger') {
      const { queue } = await lazy.showSchedule(client, environment, name)
      await lazy.requireWorkers(client, { release: queue })
    }
    const change = controlOf(kind, options, lazy.requester())
    await lazy.controlSchedule(client, environment, name, change)
    const message = `Schedule ${name} of ${environment} ${results[kind]}.`
    if (options.json === true) printJson({ environment, name, done: kind, message })
    else if (kind !== 'trigger') print(message)
    else print(`${message} Follow it: slipway schedule show ${environment} ${name}`)
  })
}

const results: Readonly<Record<Kind, string>> = {
  pause: 'is paused',
  resume: 'is resumed',
  trigger: 'runs now',
  delete: 'is deleted',
}

function controlOf(kind: Kind, options: ControlOptions, requester: string): ScheduleControl {
  if (kind === 'trigger' || kind === 'delete') return { kind }
  const by = `by ${requester}`
  const why = options.reason?.slice(0, 500)
  return { kind, note: why === undefined ? by : `${why} (${by})` }
}
