import type { Client, WorkflowHandle } from '@temporalio/client'
import { releaseStatus } from '../../contract/messages.ts'
import { abortable, pause } from '../temporal/abort.ts'
import { errorMessage } from '../temporal/error-message.ts'
import type { FollowEvent } from './follow-event.ts'
import { type PendingActivity, pendingActivities } from './pending.ts'

/** The server notices the loss of a worker after 10 s: until then its silence is normal. */
const queryWithinMs = 12_000

type FollowPoll =
  | Extract<FollowEvent, { kind: 'progress' }>
  | { readonly kind: 'server silent' | 'worker silent'; readonly reason: string }

/** Polls a release once. Never rejects: an abort counts as silence. */
export async function pollRelease(
  client: Client,
  handle: WorkflowHandle,
  signal: AbortSignal | undefined,
  withinMs = queryWithinMs,
): Promise<FollowPoll> {
  const call = <T>(one: () => Promise<T>) =>
    abortable(client, signal, () => client.withDeadline(Date.now() + withinMs, one))
  let pending: readonly PendingActivity[]
  try {
    pending = await call(async () => pendingActivities(client, await handle.describe()))
  } catch (error) {
    return { kind: 'server silent', reason: errorMessage(error) }
  }
  try {
    return { kind: 'progress', status: await call(() => handle.query(releaseStatus)), pending }
  } catch (error) {
    return { kind: 'worker silent', reason: errorMessage(error) }
  }
}

interface Polling {
  readonly onEvent: (event: FollowEvent) => void
  readonly everyMs: number
  readonly stop: AbortSignal
  readonly outages: OutageReporter
}

/** Polls until stopped. Outages do not end it: the outcome does not depend on its answers. */
export async function pollRepeatedly(
  client: Client,
  handle: WorkflowHandle,
  { onEvent, everyMs, stop, outages }: Polling,
): Promise<void> {
  let silentPolls = 0
  while (!stop.aborted) {
    const poll = await pollRelease(client, handle, stop)
    if (stop.aborted) return
    if (poll.kind === 'server silent') outages.begin('server', poll.reason)
    else outages.end('server')
    if (poll.kind === 'worker silent') {
      // A release that has just been started cannot be queried for an instant.
      silentPolls += 1
      if (silentPolls >= 3) outages.begin('worker', poll.reason)
    }
    if (poll.kind === 'progress') {
      silentPolls = 0
      outages.end('worker')
      onEvent(poll)
    }
    await pause(everyMs, stop).catch(() => {})
  }
}

export type OutageReporter = ReturnType<typeof outageReporter>

/** Reports the begin and the end of an outage once each. */
export function outageReporter(onEvent: (event: FollowEvent) => void) {
  const reported = new Set<'server' | 'worker'>()
  return {
    begin(withWhom: 'server' | 'worker', reason: string) {
      if (reported.has(withWhom)) return
      reported.add(withWhom)
      onEvent({ kind: 'trouble', with: withWhom, reason })
    },
    end(withWhom: 'server' | 'worker') {
      if (reported.delete(withWhom)) onEvent({ kind: 'recovered', with: withWhom })
    },
  }
}
