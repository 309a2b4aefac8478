import type { Command } from 'commander'
import type { ScheduleControl } from '../../../client/index.ts'
import { type CommonOptions, command, withJson, withTemporal } from '../command.ts'

interface ControlOptions extends CommonOptions {
  readonly reason?: string
}

/**
 * `pause`, `resume`, `trigger` and `delete` of a schedule. They need no slipway.yaml: a schedule
 * has all that its runs need, and goes on when its environment is taken out of the file.
 */
export function scheduleControlCommands(): readonly Command[] {
  return [
    control(
      'pause',
      'Let a schedule rest until it is resumed.',
      'nightly --reason "incident 42"',
    ).option(...reason),
    control('resume', 'Let a paused schedule go on.', 'nightly').option(...reason),
    control('trigger', 'Run a schedule now, paused or not; its times stay as they are.', 'nightly'),
    control('delete', 'Delete a schedule. A run that has begun goes on.', 'nightly'),
  ]
}

const reason = ['--reason <text>', 'why, for those who read it later'] as const

function control(kind: ScheduleControl['kind'], description: string, example: string): Command {
  const made = command(kind, description, [`slipway schedule ${kind} production ${example}`])
    .argument('<environment>', 'environment of the schedule')
    .argument('<name>', 'name of the schedule')
    .action((environment: string, name: string, options: ControlOptions) =>
      run(kind, environment, name, options),
    )
  return withTemporal(withJson(made))
}

const done: Readonly<Record<ScheduleControl['kind'], string>> = {
  pause: 'rests until it is resumed',
  resume: 'goes on',
  trigger: 'runs now',
  delete: 'is deleted',
}

async function run(
  kind: ScheduleControl['kind'],
  environment: string,
  name: string,
  options: ControlOptions,
): Promise<void> {
  const online = await import('../../lazy.ts')
  const { print, printJson } = await import('../../output.ts')
  await online.withConnection(options, async ({ client }) => {
    if (kind === 'trigger') {
      const { queue } = await online.showSchedule(client, environment, name)
      await online.requireWorkers(client, { release: queue })
    }
    await online.controlSchedule(
      client,
      environment,
      name,
      controlOf(kind, options, online.requester()),
    )
    const message = `${environment} ${name} ${done[kind]}.`
    if (options.json === true) printJson({ environment, name, done: kind, message })
    else if (kind !== 'trigger') print(message)
    else print(`${message} Look how it goes: slipway schedule show ${environment} ${name}`)
  })
}

function controlOf(
  kind: ScheduleControl['kind'],
  { reason: why }: ControlOptions,
  requester: string,
): ScheduleControl {
  if (kind === 'trigger' || kind === 'delete') return { kind }
  const by = `by ${requester}`
  return { kind, note: why === undefined ? by : `${why.slice(0, 500)} (${by})` }
}
