import type { Client } from '@temporalio/client'
import { exitStatus, exitStatusWhenWaitingEnds, type Outcome } from '../contract/outcome.ts'
import { environmentWorkflowId } from '../contract/messages.ts'
import type { ReleaseResult } from '../contract/releases.ts'
import type { Accepted } from '../contract/requests.ts'
import type { CommonOptions } from './commands/command.ts'
import { openDisplay } from './display/display.ts'
import { resultText } from './display/result.ts'
import { followRelease } from '../client/index.ts'
import { UserError } from '../client/user-error.ts'
import { openJob } from './github/job.ts'
import { setOutputs } from './github/step-files.ts'
import { Interrupted, signalStatus, withInterrupt } from './interrupt.ts'
import { pageOf } from '../text/temporal-ui.ts'
import { note, print, printJsonLine } from './output.ts'
import { plain } from '../text/plain.ts'

/** A release to follow, and the outcomes that count as success. */
export interface FollowedRelease {
  readonly id: string
  readonly runId?: string
  /** It has just been admitted, so an ended workflow with its id is an earlier release. */
  readonly isNew?: boolean
  readonly environment: string
  /** These exit with status 0 as well: `cancelled`, for a rollback that cancels a release. */
  readonly expected?: readonly Outcome[]
  /** Address of the Temporal UI, for a link to the release. Default: `TEMPORAL_UI_URL`. */
  readonly temporalUi?: string | undefined
  /** What happens when the command stops waiting, if the command does part of the release's work. */
  readonly afterStopping?: string
}

interface FollowCommandOptions extends CommonOptions {
  /** Milliseconds. */
  readonly timeout?: number
}

/** Why a command stopped waiting before the release ended. */
type StopReason = Interrupted | TimedOut

class TimedOut extends Error {}

/**
 * Shows a release until it has ended, and returns the exit status of its outcome. Ctrl-C and the
 * timeout end the wait, never the release; a second Ctrl-C ends the command at once.
 */
export async function followToEnd(
  client: Client,
  release: FollowedRelease,
  options: FollowCommandOptions,
): Promise<number> {
  const display = openDisplay({ json: options.json === true })
  const ui = process.env['TEMPORAL_UI_URL'] || release.temporalUi
  const page = (id: string) => pageOf(ui, client.options.namespace, id)
  const environmentId = environmentWorkflowId(release.environment)
  const link = {
    page: page(release.id),
    environment: { id: environmentId, page: page(environmentId) },
  }
  const { id, environment, afterStopping } = release
  const job = openJob({
    id,
    environment,
    link,
    ...(afterStopping === undefined ? {} : { afterStopping }),
  })
  // A release that this command has requested or seen is there; any other may not even exist.
  let isKnown = release.isNew !== undefined
  let result: ReleaseResult
  try {
    result = await withStopSignal(options.timeout, (signal) =>
      followRelease(client, release, {
        signal,
        onEvent(event) {
          isKnown = true
          display.show(event)
          job?.show(event)
        },
      }),
    )
  } catch (error) {
    display.close()
    if (!(error instanceof Interrupted || error instanceof TimedOut)) {
      throw isKnown ? lostSight(release, error) : error
    }
    job?.stoppedWaiting(error instanceof TimedOut ? 'timed_out' : 'interrupted')
    return stopWaiting(release, error, options)
  }
  display.close()
  if (options.json === true) printJsonLine({ event: 'result', ...result })
  // In a job, each failed task is printed separately, in a folded group.
  else print(resultText(result, { evidence: job === undefined }))
  const isExpected = release.expected?.includes(result.outcome) === true
  const status = isExpected ? 0 : exitStatus[result.outcome]
  job?.ended(result, status === 0)
  return status
}

/** Runs something with a signal that the timeout or an interrupt of this process aborts. */
function withStopSignal<T>(
  timeoutMs: number | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withInterrupt(async (interrupted) => {
    if (timeoutMs === undefined) return run(interrupted)
    const timeout = new AbortController()
    const timer = setTimeout(() => timeout.abort(new TimedOut()), timeoutMs)
    try {
      return await run(AbortSignal.any([interrupted, timeout.signal]))
    } finally {
      clearTimeout(timer)
    }
  })
}

/**
 * An error in following says nothing about the release: it must not look like its rejection. Any
 * other error than a {@link UserError} stays as it is.
 */
function lostSight({ id }: FollowedRelease, error: unknown): unknown {
  if (!(error instanceof UserError)) return error
  return new UserError(
    `Cannot follow ${id} any more, but it continues unless it has ended: ${error.message} Then follow it: slipway wait ${id}`,
    { exitStatus: exitStatusWhenWaitingEnds, cause: error },
  )
}

function stopWaiting(release: FollowedRelease, reason: StopReason, options: CommonOptions): number {
  const isTimeout = reason instanceof TimedOut
  if (options.json === true) {
    const outcome = isTimeout ? 'timed_out' : 'interrupted'
    printJsonLine({ event: 'result', id: release.id, outcome })
  }
  note(
    `${isTimeout ? 'Stopped waiting' : 'Interrupted'}: ${release.id} ` +
      (release.afterStopping === undefined
        ? 'continues.\n'
        : `has not ended. ${release.afterStopping}\n`) +
      `  follow it:  slipway wait ${release.id}\n` +
      `  cancel it:  slipway cancel ${release.environment}`,
  )
  return isTimeout ? exitStatusWhenWaitingEnds : signalStatus[reason.interrupt]
}

/** Reports that a request was admitted, and follows it unless `wait` is false. Returns the exit status. */
export async function reportAndFollow(
  client: Client,
  accepted: Omit<Accepted, 'runId'> & Partial<Pick<Accepted, 'runId'>>,
  options: FollowCommandOptions &
    Omit<FollowedRelease, 'id' | 'runId' | 'isNew'> & { readonly wait?: boolean },
): Promise<number> {
  const { releaseId: id, runId, message } = accepted
  if (options.json === true) printJsonLine({ event: 'accepted', ...accepted })
  else print(plain(message))
  if (options.wait === false) {
    setOutputs({ release: id })
    if (options.json !== true) note(`Follow it: slipway wait ${id}`)
    return 0
  }
  const isNew = !accepted.joined
  const run = runId === undefined ? {} : { runId }
  return followToEnd(client, { ...options, id, isNew, ...run }, options)
}
