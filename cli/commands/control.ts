import { type Command, InvalidArgumentError } from 'commander'
import { parseDuration } from '../../config/parse-duration.ts'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

interface ControlOptions extends CommonOptions {
  readonly reason?: string
  readonly release?: string
  /** ISO 8601. */
  readonly until?: string
}

type Steering = 'approve' | 'freeze' | 'pause' | 'reject' | 'resume' | 'unfreeze'

export function approveCommand(): Command {
  return control('approve', 'Approve a deploy that waits for it.', [
    'slipway approve production',
  ]).option(...release)
}

export function rejectCommand(): Command {
  return control('reject', 'Say no to a deploy that waits for an approval: it ends as rejected.', [
    'slipway reject production --reason "not before the migration"',
  ]).option(...release)
}

export function freezeCommand(): Command {
  return control('freeze', 'Let nothing but rollbacks in, until it is lifted or over.', [
    'slipway freeze production --reason "incident 42"',
    'slipway freeze production --reason "holidays" --until 2026-12-27T08:00:00Z',
    'slipway freeze production --reason "demo" --until 2h',
  ]).option('--until <time>', 'when it ends by itself: a date and time, or a duration', parseUntil)
}

export function unfreezeCommand(): Command {
  return control('unfreeze', 'Lift a freeze.', ['slipway unfreeze production'])
}

export function pauseCommand(): Command {
  return control(
    'pause',
    'Let the release that runs stop before its next step. A deployment that has begun is still watched to its end.',
    ['slipway pause production --reason "wait for the migration"'],
  )
}

export function resumeCommand(): Command {
  return control('resume', 'Let a paused release go on.', ['slipway resume production'])
}

const release = ['--release <id>', 'the release, where several wait'] as const

function control(kind: Steering, description: string, examples: readonly string[]): Command {
  const made = command(kind, description, examples)
    .argument('<environment>', 'environment in slipway.yaml')
    .option('--reason <text>', 'why, for those who read it later')
    .action((environment: string, options: ControlOptions) => run(kind, environment, options))
  return withTemporal(withConfig(withJson(made)))
}

async function run(kind: Steering, environment: string, options: ControlOptions): Promise<void> {
  const online = await import('../lazy.ts')
  const { print, printJson } = await import('../output.ts')
  const spec = await online.openEnvironment(environment, options)
  await online.withConnection(options, async ({ client }) => {
    await online.requireWorkers(client, { release: spec.taskQueues.release })
    const { reason, release: named, until } = options
    const message = await online.requestControl(client, spec, kind, {
      requestedBy: online.requester(),
      ...(reason === undefined ? {} : { reason }),
      ...(named === undefined ? {} : { release: named }),
      ...(until === undefined ? {} : { until }),
    })
    if (options.json === true) printJson({ environment, done: kind, message })
    else print(message)
  })
}

/** A time in the future, as ISO 8601 writes it: the one given, or a duration from now. */
function parseUntil(text: string): string {
  const fromNow = parseDuration(text)
  if (fromNow !== undefined) return new Date(Date.now() + fromNow).toISOString()
  const moment = Date.parse(text)
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(moment))
    return new Date(moment).toISOString()
  throw new InvalidArgumentError(
    'Expected a date and time such as 2026-12-27T08:00:00Z, or a duration such as 2h.',
  )
}
