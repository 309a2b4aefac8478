import type { Command } from 'commander'
import type { RolloutProgress } from '../../contract/activity-types.ts'
import type { FreezeWindow } from '../../contract/environment-spec.ts'
import type { ReleaseStatus } from '../../contract/releases.ts'
import type { EnvironmentStatus } from '../../contract/environment.ts'
import type { ScheduleListing } from '../cached-schedules.ts'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

interface StatusOptions extends CommonOptions {
  readonly watch?: boolean
}

export function statusCommand(): Command {
  const status = command(
    'status',
    'Show what is live, running, waiting and scheduled, and how the last releases ended.',
    [
      'slipway status production',
      'slipway status production --watch',
      'slipway status production --json',
    ],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .option('--watch', 'refresh until Ctrl-C')
    .action(run)
  return withTemporal(withConfig(withJson(status)))
}

/** Of `--watch`, in milliseconds. */
const pollEveryMs = 2_000

interface Snapshot {
  readonly status: EnvironmentStatus
  /** Of the running release. */
  readonly release?: ReleaseStatus
  /** What its waiting steps observed last. */
  readonly rollouts: readonly RolloutProgress[]
  readonly schedules: ScheduleListing
  /** The freeze window of the configuration that is open now. */
  readonly window: FreezeWindow | undefined
}

async function run(environment: string, options: StatusOptions): Promise<void> {
  const lazy = await import('../lazy.ts')
  const { jsonText, note, print, printJson } = await import('../output.ts')
  const { UserError } = await import('../../client/user-error.ts')
  const { plain } = await import('../../text/plain.ts')
  const { activeFreeze } = await import('../../config/active-freeze.ts')
  const { redrawer } = await import('../display/redraw.ts')
  const spec = await lazy.openEnvironment(environment, options)
  await lazy.withConnection(options, async ({ client }) => {
    const listSchedules = lazy.cachedSchedules(() => lazy.listSchedules(client, environment))

    async function takeSnapshot(): Promise<Snapshot> {
      const [found, schedules] = await Promise.all([
        lazy.environmentStatus(client, spec),
        listSchedules(),
      ])
      const status = found ?? lazy.untouchedEnvironment(environment, spec.project)
      const { running } = status
      const window = activeFreeze(spec.admission.freezes, Date.now())
      if (running === undefined) return { status, schedules, rollouts: [], window }
      const [release, rollouts] = await Promise.all([
        lazy.currentReleaseStatus(client, running.id),
        lazy.currentRollouts(client, running.id),
      ])
      return { status, schedules, rollouts, window, ...(release === undefined ? {} : { release }) }
    }

    if (options.watch !== true) {
      const snapshot = await takeSnapshot()
      if (options.json === true) printJson(documentOf(snapshot))
      else print(lazy.environmentText(snapshot.status, Date.now(), snapshot))
      return
    }
    const redraw = redrawer()
    let last: string | undefined
    await lazy.untilInterrupted(pollEveryMs, async () => {
      let snapshot: Snapshot
      try {
        snapshot = await takeSnapshot()
      } catch (error) {
        // A worker that restarts must not end the watch.
        if (last === undefined || !(error instanceof UserError)) throw error
        if (options.json === true) note(plain(error.message))
        else redraw(`${last}\n\nCannot refresh, retrying: ${plain(error.message)}`)
        return
      }
      if (options.json === true) {
        last = jsonText(documentOf(snapshot))
        redraw(last)
        return
      }
      last = lazy.environmentText(snapshot.status, Date.now(), snapshot)
      redraw(last, lazy.environmentText(snapshot.status, 0, snapshot))
    })
  })
}

/** `schedules` is absent if Temporal could not list them. */
function documentOf({ status, release, rollouts, schedules, window }: Snapshot): object {
  return {
    ...status,
    ...(release === undefined ? {} : { steps: release.steps }),
    ...(rollouts.length === 0 ? {} : { rollouts }),
    ...(window === undefined ? {} : { freezeWindow: window }),
    ...(schedules.kind === 'listed' ? { schedules: schedules.schedules } : {}),
  }
}
