import { type Command, InvalidArgumentError } from 'commander'
import { UserError } from '../../../client/user-error.ts'
import type { ScheduleTimes } from '../../../client/index.ts'
import type { ScheduledWork } from '../../../contract/schedules.ts'
import {
  type CommonOptions,
  command,
  group,
  withConfig,
  withJson,
  withTemporal,
} from '../command.ts'
import { durationArgument } from '../duration-argument.ts'
import { scheduleControlCommands } from './control.ts'

interface CreateOptions extends CommonOptions {
  readonly cron?: string
  readonly every?: number
  readonly timeZone?: string
  readonly jitter?: number
  readonly catchUp: number
  readonly redeploy?: boolean
  readonly deploy?: boolean
  readonly branch?: string
}

const minute = 60_000

export function scheduleCommand(): Command {
  return group('schedule', 'Redeploy, or rebuild and deploy, at set times.', [
    createCommand(),
    listCommand(),
    showCommand(),
    ...scheduleControlCommands(),
  ])
}

function createCommand(): Command {
  const made = command(
    'create',
    'Create a schedule, or change the one of that name. Its runs go by slipway.yaml as it is now: create it again after a change there.',
    [
      'slipway schedule create production nightly --cron "0 3 * * *" --time-zone Europe/Berlin --redeploy',
      'slipway schedule create production weekly --cron "0 4 * * SUN" --jitter 30m --deploy --branch main',
      'slipway schedule create staging often --every 24h --redeploy',
    ],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .argument('<name>', 'name of the schedule in this environment', parseName)
    .option('--cron <expression>', 'when, as crontab has it: minute, hour, day, month, weekday')
    .option('--every <duration>', 'how often instead, from 1m to 366d: 90m, 24h or 7d', parseEvery)
    .option('--time-zone <zone>', 'whose clock --cron goes by (default: UTC)', parseTimeZone)
    .option(
      '--jitter <duration>',
      'begin later by a random time of at most this',
      durationArgument(),
    )
    .option(
      '--catch-up <duration>',
      'make up for a run that an outage of Temporal delayed by at most this, at least 10s',
      parseCatchUp,
      10 * minute,
    )
    .option('--redeploy', 'start fresh tasks of what is live (rotated secrets)')
    .option('--deploy', 'build the newest commit anew and deploy it (fresh base images)')
    .option(
      '--branch <name>',
      'whose newest commit (default: the repository’s default branch)',
      parseBranch,
    )
    .action(create)
  return withTemporal(withConfig(withJson(made)))
}

async function create(environment: string, name: string, options: CreateOptions): Promise<void> {
  const times = timesOf(options)
  const what = workOf(options)
  const online = await import('../../lazy.ts')
  const { printJson } = await import('../../output.ts')
  const spec = await online.openEnvironment(environment, options)
  await online.withConnection(options, async ({ client }) => {
    const { jitter, catchUp } = options
    const { created, schedule } = await online.putSchedule(client, {
      spec,
      name,
      times,
      what,
      catchUpMs: Math.max(catchUp, 10_000),
      requestedBy: online.requester(),
      ...(jitter === undefined ? {} : { jitterMs: jitter }),
    })
    if (options.json === true) printJson({ created, ...schedule })
    else {
      online.print(created ? 'Created:' : 'There was one of that name; it is now:')
      online.print(online.scheduleText(schedule))
    }
  })
}

function timesOf({ cron, every, timeZone }: CreateOptions): ScheduleTimes {
  if (cron !== undefined && every === undefined) {
    return { kind: 'cron', expression: cron, ...(timeZone === undefined ? {} : { timeZone }) }
  }
  if (every === undefined || cron !== undefined) {
    throw new UserError('Say when with one of --cron and --every.')
  }
  if (timeZone === undefined) return { kind: 'every', ms: every }
  throw new UserError('--time-zone is about --cron: an interval goes by no clock.')
}

function workOf({ redeploy, deploy, branch }: CreateOptions): ScheduledWork {
  if ((redeploy === true) === (deploy === true)) {
    throw new UserError('Say what to do with one of --redeploy and --deploy.')
  }
  if (deploy === true) return { kind: 'deploy', ...(branch === undefined ? {} : { branch }) }
  if (branch === undefined) return { kind: 'redeploy' }
  throw new UserError('--branch is about --deploy: a redeploy is of what is live.')
}

function listCommand(): Command {
  const list = command('list', 'List the schedules of an environment.', [
    'slipway schedule list production',
  ])
    .argument('<environment>', 'environment in slipway.yaml')
    .action(async (environment: string, options: CommonOptions) => {
      const online = await import('../../lazy.ts')
      const { print, printJson } = await import('../../output.ts')
      const unknown = await online.openEnvironment(environment, options).then(
        () => undefined,
        (refusal: unknown) => ({ refusal }),
      )
      await online.withConnection(options, async ({ client }) => {
        const schedules = await online.listSchedules(client, environment)
        // Those of an environment that was taken out of the file go on until they are deleted.
        if (schedules.length === 0 && unknown !== undefined) throw unknown.refusal
        if (options.json === true) printJson(schedules)
        else if (schedules.length === 0) print(`${environment} has no schedules.`)
        else print(online.schedulesText(schedules))
      })
    })
  return withTemporal(withConfig(withJson(list)))
}

function showCommand(): Command {
  const show = command('show', 'Show a schedule, its next runs and how the last ones ended.', [
    'slipway schedule show production nightly',
  ])
    .argument('<environment>', 'environment of the schedule')
    .argument('<name>', 'name of the schedule')
    .action(async (environment: string, name: string, options: CommonOptions) => {
      const online = await import('../../lazy.ts')
      const { print, printJson } = await import('../../output.ts')
      await online.withConnection(options, async ({ client }) => {
        const schedule = await online.showSchedule(client, environment, name)
        if (options.json === true) printJson(schedule)
        else print(online.scheduleText(schedule))
      })
    })
  return withTemporal(withJson(show))
}

function parseName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(text)) return text
  throw new InvalidArgumentError('Expected letters, digits, "-" and "_", at most 63.')
}

const parseEvery = durationArgument({
  least: { ms: minute, text: '1m: a release takes longer than that' },
  most: { ms: 366 * 24 * 60 * minute, text: '366d' },
})

const parseCatchUp = durationArgument({
  least: { ms: 10_000, text: '10s: Temporal catches up on that anyway' },
})

/** A variable that is not set, in a script, is no wish for the default branch. */
function parseBranch(text: string): string {
  if (text.trim() !== '') return text
  throw new InvalidArgumentError('Expected the name of a branch.')
}

/** As this machine knows it; the server has the last word. */
function parseTimeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    throw new InvalidArgumentError('Expected the name of a time zone, such as Europe/Berlin.')
  }
}
