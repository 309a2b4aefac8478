import type { Client } from '@temporalio/client'
import { exitStatus, exitStatusWhenWaitingEnds, type Outcome } from '../contract/outcome.ts'
import { environmentWorkflowId } from '../contract/messages.ts'
import type { ReleaseResult } from '../contract/releases.ts'
import type { Accepted } from '../contract/requests.ts'
import type { CommonOptions } from './commands/command.ts'
import { openDisplay } from './display/display.ts'
import { resultText } from './display/result.ts'
import { followRelease } from '../client/follow.ts'
import { openJob } from './github/job.ts'
import { setOutputs } from './github/step-files.ts'
import { type Interrupt, onInterrupt, signalStatus } from './interrupt.ts'
import { pageOf } from '../text/temporal-ui.ts'
import { note, print, printJsonLine } from './output.ts'
import { plain } from '../text/plain.ts'

/** A release to follow, and what it takes for the command to have done what it was asked to. */
export interface Followed {
  readonly id: string
  readonly runId?: string
  /** It was let in a moment ago: nothing that ended under its id is its own end. */
  readonly isNew?: boolean
  readonly environment: string
  /** Outcomes that are what was wanted: a rollback that cancels a release wants `cancelled`. */
  readonly wanted?: readonly Outcome[]
  /** Address of the Temporal UI, for a link to the release. Default: `TEMPORAL_UI_URL`. */
  readonly temporalUi?: string | undefined
  /** What becomes of it when this command, which works for it, does not wait any longer. */
  readonly withoutUs?: string
}

type Stopped = { readonly kind: 'signal'; readonly name: Interrupt } | { readonly kind: 'timeout' }

/**
 * Shows a release until it has ended, and gives the exit status of its outcome. Ctrl-C and the
 * time-out end the waiting, never the release; a second Ctrl-C ends the command at once.
 */
export async function followToEnd(
  client: Client,
  release: Followed,
  options: CommonOptions & { readonly timeout?: number },
): Promise<number> {
  const stop = new AbortController()
  let stopped: Stopped | undefined
  const end = (how: Stopped) => {
    stopped = how
    stop.abort()
  }
  const hush = onInterrupt((name) => end({ kind: 'signal', name }))
  const timer =
    options.timeout === undefined
      ? undefined
      : setTimeout(() => end({ kind: 'timeout' }), options.timeout)
  const display = openDisplay({ json: options.json === true })
  const ui = process.env['TEMPORAL_UI_URL'] || release.temporalUi
  const page = (id: string) => pageOf(ui, client.options.namespace, id)
  const environmentId = environmentWorkflowId(release.environment)
  const link = {
    page: page(release.id),
    environment: { id: environmentId, page: page(environmentId) },
  }
  const { id, environment, withoutUs } = release
  const job = openJob({ id, environment, link, ...(withoutUs === undefined ? {} : { withoutUs }) })
  let result: ReleaseResult
  try {
    result = await followRelease(client, release, {
      signal: stop.signal,
      onEvent(event) {
        display.show(event)
        job?.show(event)
      },
    })
  } catch (error) {
    display.close()
    if (stopped === undefined) throw error
    job?.left(stopped.kind === 'timeout' ? 'timed_out' : 'interrupted')
    return stopWaiting(release, stopped, options)
  } finally {
    clearTimeout(timer)
    hush()
  }
  display.close()
  if (options.json === true) printJsonLine({ event: 'result', ...result })
  // The page of a job shows each failed task by itself, folded.
  else print(resultText(result, { evidence: job === undefined }))
  const status = release.wanted?.includes(result.outcome) === true ? 0 : exitStatus[result.outcome]
  job?.ended(result, status === 0)
  return status
}

function stopWaiting(release: Followed, how: Stopped, options: CommonOptions): number {
  if (options.json === true) {
    const outcome = how.kind === 'timeout' ? 'timed_out' : 'interrupted'
    printJsonLine({ event: 'result', id: release.id, outcome })
  }
  note(
    `${how.kind === 'timeout' ? 'Stopped waiting' : 'Interrupted'}: ${release.id} ` +
      (release.withoutUs === undefined ? 'goes on.\n' : `has not ended. ${release.withoutUs}\n`) +
      `  follow it:  slipway wait ${release.id}\n` +
      `  cancel it:  slipway cancel ${release.environment}`,
  )
  return how.kind === 'timeout' ? exitStatusWhenWaitingEnds : signalStatus[how.name]
}

/** Says that a request was let in, and follows it where that is wanted. Gives the exit status. */
export async function reportAndFollow(
  client: Client,
  accepted: Omit<Accepted, 'runId'> & Partial<Pick<Accepted, 'runId'>>,
  options: CommonOptions & {
    readonly environment: string
    readonly wait?: boolean
    readonly timeout?: number
    readonly wanted?: readonly Outcome[]
    readonly temporalUi?: string | undefined
    readonly withoutUs?: string
  },
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
