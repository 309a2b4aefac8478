import type { Command } from 'commander'
import type { RolloutProgress } from '../../contract/activity-types.ts'
import type { FreezeWindow } from '../../contract/environment-spec.ts'
import type { ReleaseStatus } from '../../contract/releases.ts'
import type { EnvironmentStatus } from '../../contract/environment.ts'
import type { Upcoming } from '../cached-schedules.ts'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

interface StatusOptions extends CommonOptions {
  readonly watch?: boolean
}

export function statusCommand(): Command {
  const status = command(
    'status',
    'Show what is live, what runs at which step, what waits, what is scheduled, and how the last releases ended.',
    [
      'slipway status production',
      'slipway status production --watch',
      'slipway status production --json',
    ],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .option('--watch', 'show it again whenever it changes, until Ctrl-C')
    .action(run)
  return withTemporal(withConfig(withJson(status)))
}

/** Between two looks of `--watch`, in milliseconds. */
const lookEveryMs = 2_000

interface Look {
  readonly status: EnvironmentStatus
  /** The release that runs. */
  readonly release?: ReleaseStatus
  /** What its waiting steps saw last. */
  readonly rollouts: readonly RolloutProgress[]
  readonly upcoming: Upcoming
  /** The freeze window of the configuration that holds now. */
  readonly window: FreezeWindow | undefined
}

async function run(environment: string, options: StatusOptions): Promise<void> {
  const online = await import('../lazy.ts')
  const { jsonText, note, print, printJson } = await import('../output.ts')
  const { UserError } = await import('../../client/user-error.ts')
  const { plain } = await import('../../text/plain.ts')
  const { frozenBy } = await import('../../config/frozen.ts')
  const { redrawer } = await import('../display/redraw.ts')
  const spec = await online.openEnvironment(environment, options)
  await online.withConnection(options, async ({ client }) => {
    const nextRuns = online.upcomingOf(() => online.listSchedules(client, environment))

    async function look(): Promise<Look> {
      const [found, upcoming] = await Promise.all([
        online.environmentStatus(client, spec),
        nextRuns(),
      ])
      const status = found ?? online.untouchedEnvironment(environment, spec.project)
      const { running } = status
      const window = frozenBy(spec.admission.freezes, Date.now())
      if (running === undefined) return { status, upcoming, rollouts: [], window }
      const [release, rollouts] = await Promise.all([
        online.stepsOf(client, running.id),
        online.rolloutsOf(client, running.id),
      ])
      return { status, upcoming, rollouts, window, ...(release === undefined ? {} : { release }) }
    }
    if (options.watch === true) {
      const redraw = redrawer()
      let last: string | undefined
      await online.untilInterrupted(lookEveryMs, async () => {
        let seen: Look
        try {
          seen = await look()
        } catch (error) {
          // Who watches wants to see what comes after a worker's restart, too.
          if (last === undefined || !(error instanceof UserError)) throw error
          if (options.json === true) note(plain(error.message))
          else redraw(`${last}\n\nNot known now, asking again: ${plain(error.message)}`)
          return
        }
        if (options.json === true) {
          last = jsonText(documentOf(seen))
          redraw(last)
          return
        }
        last = online.environmentText(seen.status, Date.now(), seen)
        redraw(last, online.environmentText(seen.status, 0, seen))
      })
      return
    }
    const seen = await look()
    if (options.json === true) printJson(documentOf(seen))
    else print(online.environmentText(seen.status, Date.now(), seen))
  })
}

/** `schedules` is left out where Temporal did not list them. */
function documentOf({ status, release, rollouts, upcoming, window }: Look): object {
  return {
    ...status,
    ...(release === undefined ? {} : { steps: release.steps }),
    ...(rollouts.length === 0 ? {} : { rollouts }),
    ...(window === undefined ? {} : { freezeWindow: window }),
    ...(upcoming.kind === 'known' ? { schedules: upcoming.schedules } : {}),
  }
}
