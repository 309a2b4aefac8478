import { type Command, InvalidArgumentError } from 'commander'
import { parseDuration } from '../../config/parse-duration.ts'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

interface ControlOptions extends CommonOptions {
  readonly reason?: string
  readonly release?: string
  /** ISO 8601. */
  readonly until?: string
}

type ManualAction = 'approve' | 'freeze' | 'pause' | 'reject' | 'resume' | 'unfreeze'

export function approveCommand(): Command {
  return control('approve', 'Approve a deploy that is waiting for approval.', [
    'slipway approve production',
  ]).option(...release)
}

export function rejectCommand(): Command {
  return control('reject', 'Reject a deploy that is waiting for approval.', [
    'slipway reject production --reason "not before the migration"',
  ]).option(...release)
}

export function freezeCommand(): Command {
  return control('freeze', 'Block everything except rollbacks until lifted or expired.', [
    'slipway freeze production --reason "incident 42"',
    'slipway freeze production --reason "holidays" --until 2026-12-27T08:00:00Z',
    'slipway freeze production --reason "demo" --until 2h',
  ]).option(
    '--until <time>',
    'when the freeze expires: a date and time, or a duration from now',
    parseUntil,
  )
}

export function unfreezeCommand(): Command {
  return control('unfreeze', 'Lift a freeze.', ['slipway unfreeze production'])
}

export function pauseCommand(): Command {
  return control(
    'pause',
    'Pause the running release before its next step. A deployment that has begun is still watched to its end.',
    ['slipway pause production --reason "wait for the migration"'],
  )
}

export function resumeCommand(): Command {
  return control('resume', 'Resume a paused release.', ['slipway resume production'])
}

const release = ['--release <id>', 'the release to decide on, if several are waiting'] as const

function control(kind: ManualAction, description: string, examples: readonly string[]): Command {
  const made = command(kind, description, examples)
    .argument('<environment>', 'environment in slipway.yaml')
    .option('--reason <text>', 'why, for the record')
    .action((environment: string, options: ControlOptions) => run(kind, environment, options))
  return withTemporal(withConfig(withJson(made)))
}

async function run(
  kind: ManualAction,
  environment: string,
  options: ControlOptions,
): Promise<void> {
  const lazy = await import('../lazy.ts')
  const { print, printJson } = await import('../output.ts')
  const spec = await lazy.openEnvironment(environment, options)
  await lazy.withConnection(options, async ({ client }) => {
    await lazy.requireWorkers(client, { release: spec.taskQueues.release })
    const { reason, release: id, until } = options
    const message = await lazy.requestControl(client, spec, kind, {
      requestedBy: lazy.requester(),
      ...(reason === undefined ? {} : { reason }),
      ...(id === undefined ? {} : { release: id }),
      ...(until === undefined ? {} : { until }),
    })
    if (options.json === true) printJson({ environment, done: kind, message })
    else print(message)
  })
}

/** Reads a date and time, or a duration from now, as a time in ISO 8601. */
function parseUntil(text: string): string {
  const fromNow = parseDuration(text)
  if (fromNow !== undefined) return new Date(Date.now() + fromNow).toISOString()
  const time = Date.parse(text)
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(time)) return new Date(time).toISOString()
  throw new InvalidArgumentError(
    'Expected a date and time such as 2026-12-27T08:00:00Z, or a duration such as 2h.',
  )
}
