import { type Command, InvalidArgumentError, Option } from 'commander'
import { UserError } from '../../../client/user-error.ts'
import type { ScheduleTimes } from '../../../client/index.ts'
import type { ScheduledWork } from '../../../contract/schedules.ts'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from '../command.ts'
import { durationArgument } from '../duration-argument.ts'

interface CreateOptions extends CommonOptions {
  readonly cron?: string
  /** Milliseconds. */
  readonly every?: number
  readonly timeZone?: string
  /** Milliseconds. */
  readonly jitter?: number
  /** Milliseconds. */
  readonly catchUp: number
  readonly redeploy?: boolean
  readonly deploy?: boolean
  readonly branch?: string
}

const minute = 60_000

const parseEvery = durationArgument({
  least: { ms: minute, text: '1m: a release takes longer than that' },
  most: { ms: 366 * 24 * 60 * minute, text: '366d' },
})

const parseCatchUp = durationArgument({
  least: { ms: 10_000, text: '10s: Temporal always catches up on shorter delays' },
})

export function createCommand(): Command {
  const create = command(
    'create',
    'Create a schedule, or change the one with this name. Its runs use slipway.yaml as it is now: after a change to the file, create the schedule again.',
    [
      'slipway schedule create production nightly --cron "0 3 * * *" --time-zone Europe/Berlin --redeploy',
      'slipway schedule create production weekly --cron "0 4 * * SUN" --jitter 30m --deploy --branch main',
      'slipway schedule create staging often --every 24h --redeploy',
    ],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .argument('<name>', 'name of the schedule in this environment', parseName)
    .option('--cron <expression>', 'when, as in crontab: minute, hour, day, month, weekday')
    .option(
      '--every <duration>',
      'interval instead of --cron, from 1m to 366d, such as 90m, 24h or 7d',
      parseEvery,
    )
    .option('--time-zone <zone>', 'time zone of --cron (default: UTC)', parseTimeZone)
    .option('--jitter <duration>', 'delay each run by a random time up to this', durationArgument())
    .addOption(
      new Option(
        '--catch-up <duration>',
        'if an outage of Temporal delays a run by at most this, start it late; at least 10s',
      )
        .argParser(parseCatchUp)
        .default(10 * minute, '10m'),
    )
    .option('--redeploy', 'start fresh tasks of what is live (for rotated secrets)')
    .option('--deploy', 'rebuild and deploy the newest commit (for fresh base images)')
    .option(
      '--branch <name>',
      'branch whose newest commit to deploy (default: the repository’s default branch)',
      parseBranch,
    )
    .action(run)
  return withTemporal(withConfig(withJson(create)))
}

async function run(environment: string, name: string, options: CreateOptions): Promise<void> {
  const times = timesOf(options)
  const what = workOf(options)
  const lazy = await import('../../lazy.ts')
  const { print, printJson } = await import('../../output.ts')
  const spec = await lazy.openEnvironment(environment, options)
  await lazy.withConnection(options, async ({ client }) => {
    const { jitter, catchUp } = options
    const { created, schedule } = await lazy.putSchedule(client, {
      spec,
      name,
      times,
      what,
      catchUpMs: catchUp,
      requestedBy: lazy.requester(),
      ...(jitter === undefined ? {} : { jitterMs: jitter }),
    })
    if (options.json === true) printJson({ created, ...schedule })
    else print(`${created ? 'Created:' : 'Changed:'}\n${lazy.scheduleText(schedule)}`)
  })
}

function timesOf({ cron, every, timeZone }: CreateOptions): ScheduleTimes {
  if (cron !== undefined && every === undefined) {
    return { kind: 'cron', expression: cron, ...(timeZone === undefined ? {} : { timeZone }) }
  }
  if (every === undefined || cron !== undefined) {
    throw new UserError('Specify exactly one of --cron and --every.')
  }
  if (timeZone === undefined) return { kind: 'every', ms: every }
  throw new UserError('--time-zone applies only to --cron: an interval has no time zone.')
}

function workOf({ redeploy, deploy, branch }: CreateOptions): ScheduledWork {
  if ((redeploy === true) === (deploy === true)) {
    throw new UserError('Specify exactly one of --redeploy and --deploy.')
  }
  if (deploy === true) return { kind: 'deploy', ...(branch === undefined ? {} : { branch }) }
  if (branch === undefined) return { kind: 'redeploy' }
  throw new UserError('--branch applies only to --deploy: --redeploy uses what is live.')
}

function parseName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(text)) return text
  throw new InvalidArgumentError('Expected at most 63 letters, digits, "-" and "_".')
}

/** In a script, an unset variable must not mean the default branch. */
function parseBranch(text: string): string {
  if (text.trim() !== '') return text
  throw new InvalidArgumentError('Expected the name of a branch.')
}

/** Checks the zone against this machine's time zone database; the server checks it again. */
function parseTimeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    throw new InvalidArgumentError('Expected the name of a time zone, such as Europe/Berlin.')
  }
}
