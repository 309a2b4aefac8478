import type { Client, WorkflowHandle } from '@temporalio/client'
import { environmentStatus, environmentWorkflowId } from '../../contract/messages.ts'
import type { ReleaseResult, ReleaseStatus } from '../../contract/releases.ts'
import { type AbortOptions, abortable, pause } from '../temporal/abort.ts'
import { explainingErrors } from '../temporal/call.ts'
import { errorMessage } from '../temporal/error-message.ts'
import { isOutage } from '../temporal/grpc-status.ts'
import type { FollowEvent } from './follow-event.ts'
import { type OutageReporter, outageReporter, pollRelease, pollRepeatedly } from './poll-release.ts'
import { resultOfFailure } from './release-result.ts'
import { waitInQueue } from './wait-in-queue.ts'

export interface FollowOptions extends AbortOptions {
  /** Called at most once a second, and at once in case of an outage. */
  readonly onEvent?: (event: FollowEvent) => void
  /** Between two polls, in milliseconds. @default 1000 */
  readonly everyMs?: number
}

/** A release to follow. */
export interface FollowedRelease {
  readonly id: string
  /** Absent while the release waits for its turn: it has no workflow yet. */
  readonly runId?: string | undefined
  /** It was admitted a moment ago: what has ended under its id is an earlier release. */
  readonly isNew?: boolean | undefined
}

/** A caller that has the outcome already should not wait long for the last steps to show. */
const lastPollWithinMs = 3_000

const longestBackOffMs = 10_000

/**
 * Follows a release to its end, over lost connections and restarts of the server, for as long as
 * it takes. An abort ends the following only: the release goes on.
 *
 * @throws the signal's reason if it is aborted before the outcome is known; UserError if there is no
 *   such release; what `onEvent` throws
 */
export function followRelease(
  client: Client,
  release: FollowedRelease,
  options: FollowOptions = {},
): Promise<ReleaseResult> {
  return explainingErrors(options, () => follow(client, release, options))
}

async function follow(
  client: Client,
  release: FollowedRelease,
  { onEvent = () => {}, signal, everyMs = 1_000 }: FollowOptions,
): Promise<ReleaseResult> {
  signal?.throwIfAborted()
  if (release.runId === undefined) {
    const end = await waitInQueue(client, release.id, {
      onWaiting: (reason) => onEvent({ kind: 'waiting', reason }),
      signal,
      everyMs,
      isNew: release.isNew === true,
    })
    if (end.kind === 'ended') return end.result
  }
  signal?.throwIfAborted()
  const handle = client.workflow.getHandle(release.id, release.runId)
  const following = new AbortController()
  const abort = () => following.abort(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  const outages = outageReporter(onEvent)
  const stop = following.signal
  const polling = pollRepeatedly(client, handle, { onEvent, everyMs, stop, outages }).catch(
    (error: unknown) => following.abort(error),
  )
  try {
    const result = await untilEnded(client, handle, stop, outages)
    following.abort()
    await polling
    await reportEnd(client, handle, onEvent, signal)
    return result
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    following.abort()
    await polling
    signal?.removeEventListener('abort', abort)
  }
}

/** What happened since the last poll: a quick release is over before the second one. */
async function reportEnd(
  client: Client,
  handle: WorkflowHandle,
  onEvent: (event: FollowEvent) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const last = await pollRelease(client, handle, signal, lastPollWithinMs)
  if (last.kind !== 'progress') return
  onEvent(last)
  await untilInLedger(client, last.status, signal)
}

/**
 * The environment learns of the end a moment after we do. The next request, of another `deploy` in
 * the same script, should find it free and its ledger complete. Best effort: within 5 s.
 */
async function untilInLedger(
  client: Client,
  { id, environment }: ReleaseStatus,
  signal: AbortSignal | undefined,
): Promise<void> {
  const handle = client.workflow.getHandle(environmentWorkflowId(environment))
  const giveUpAt = Date.now() + 5_000
  try {
    await abortable(client, signal, () =>
      client.withDeadline(giveUpAt, async () => {
        while (Date.now() < giveUpAt) {
          const { running } = await handle.query(environmentStatus)
          if (running?.id !== id) return
          await pause(50, signal)
        }
      }),
    )
  } catch {
    // The release has ended all the same: its outcome does not depend on this.
  }
}

async function untilEnded(
  client: Client,
  handle: WorkflowHandle,
  stop: AbortSignal,
  outages: OutageReporter,
): Promise<ReleaseResult> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await abortable(client, stop, () => handle.result() as Promise<ReleaseResult>)
    } catch (error) {
      stop.throwIfAborted()
      if (!isOutage(error)) {
        return await abortable(client, stop, () => resultOfFailure(handle, error))
      }
      outages.begin('server', errorMessage(error))
      await pause(Math.min(1_000 * 2 ** attempt, longestBackOffMs), stop)
    }
  }
}
