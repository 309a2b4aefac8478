import { setTimeout as delay } from 'node:timers/promises'
import type { Client, WorkflowHandle } from '@temporalio/client'
import { environmentStatus, environmentWorkflowId, releaseStatus } from '../contract/messages.ts'
import type { ReleaseResult, ReleaseStatus } from '../contract/releases.ts'
import { isOutage, errorMessage } from './explain-error.ts'
import { type PendingActivity, pendingActivities } from './pending.ts'
import { waitInQueue } from './wait-in-queue.ts'
import { resultOfFailure } from './release-result.ts'

/** What somebody who follows a release learns while it runs. */
export type FollowEvent =
  | {
      readonly kind: 'progress'
      readonly status: ReleaseStatus
      readonly pending: readonly PendingActivity[]
    }
  /** The server or the worker does not answer: told once, until it does. The release goes on. */
  | { readonly kind: 'trouble'; readonly with: 'server' | 'worker'; readonly reason: string }
  | { readonly kind: 'recovered'; readonly with: 'server' | 'worker' }
  /** It has not begun: it waits for its turn, an approval or the end of a freeze. */
  | { readonly kind: 'waiting'; readonly reason: string }

export interface FollowOptions {
  /** Called at most once a second, and at once when something is wrong. */
  readonly onEvent?: (event: FollowEvent) => void
  /** Stops following. The release is not told, and goes on. */
  readonly signal?: AbortSignal
  /** Between two looks, in milliseconds. @default 1000 */
  readonly everyMs?: number
}

/** A worker that was lost is noticed by the server after 10 s: until then its silence is normal. */
const queryWithinMs = 12_000

/** Who has the outcome already should not wait long for the last steps to show. */
const lastLookWithinMs = 3_000
const longestBackOffMs = 10_000

/**
 * Follows a release to its end, over lost connections and restarts of the server, for as long as
 * it takes.
 *
 * @throws the signal's reason when it is aborted; WorkflowNotFoundError where there is no such
 *   release
 */
export async function followRelease(
  client: Client,
  release: {
    readonly id: string
    readonly runId?: string | undefined
    /** It was let in a moment ago, and has not begun. */
    readonly isNew?: boolean | undefined
  },
  options: FollowOptions = {},
): Promise<ReleaseResult> {
  const { onEvent = () => {}, signal, everyMs = 1_000 } = options
  signal?.throwIfAborted()
  if (release.runId === undefined) {
    const turn = await waitInQueue(client, release.id, {
      onWaiting: (reason) => onEvent({ kind: 'waiting', reason }),
      signal: signal ?? new AbortController().signal,
      everyMs,
      isNew: release.isNew === true,
    })
    if (turn.kind === 'ended') return turn.result
  }
  const handle = client.workflow.getHandle(release.id, release.runId)
  const ended = new AbortController()
  const stop = AbortSignal.any([ended.signal, ...(signal === undefined ? [] : [signal])])
  const trouble = outageReporter(onEvent)
  const watching = watch(client, handle, { onEvent, everyMs, stop, trouble })
  try {
    const result = await untilEnded(client, handle, stop, trouble)
    ended.abort()
    await watching
    // What happened since the last look: a quick release is over before the second one.
    const last = await pollRelease(
      client,
      handle,
      signal ?? new AbortController().signal,
      lastLookWithinMs,
    )
    if (last.kind === 'progress') {
      onEvent(last)
      await untilLedgered(client, last.status)
    }
    return result
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    ended.abort()
    await watching
  }
}

/**
 * The environment learns of the end a moment after we do. Whoever asks it next, another `deploy`
 * in the same script, should find it free and its ledger complete. Best effort: within 5 s.
 */
async function untilLedgered(client: Client, { id, environment }: ReleaseStatus): Promise<void> {
  const door = client.workflow.getHandle(environmentWorkflowId(environment))
  const giveUpAt = Date.now() + 5_000
  try {
    await client.withDeadline(giveUpAt, async () => {
      while (Date.now() < giveUpAt) {
        const { running } = await door.query(environmentStatus)
        if (running?.id !== id) return
        await delay(50)
      }
    })
  } catch {
    // The release has ended all the same: nothing of its outcome hangs on this.
  }
}

async function untilEnded(
  client: Client,
  handle: WorkflowHandle,
  stop: AbortSignal,
  trouble: OutageReporter,
): Promise<ReleaseResult> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await client.withAbortSignal(stop, () => handle.result() as Promise<ReleaseResult>)
    } catch (error) {
      if (!isOutage(error) || stop.aborted) return await resultOfFailure(handle, error)
      trouble.begin('server', errorMessage(error))
      await delay(Math.min(1_000 * 2 ** attempt, longestBackOffMs), undefined, { signal: stop })
    }
  }
}

interface Watch {
  readonly onEvent: (event: FollowEvent) => void
  readonly everyMs: number
  readonly stop: AbortSignal
  readonly trouble: OutageReporter
}

/** Looks again and again until told to stop. Never rejects: whether it sees is not what counts. */
async function watch(client: Client, handle: WorkflowHandle, to: Watch): Promise<void> {
  let silent = 0
  while (!to.stop.aborted) {
    const seen = await pollRelease(client, handle, to.stop)
    if (to.stop.aborted) return
    if (seen.kind === 'server silent') to.trouble.begin('server', seen.reason)
    else to.trouble.end('server')
    if (seen.kind === 'worker silent') {
      // A release that has just been started cannot be asked for an instant.
      silent += 1
      if (silent >= 3) to.trouble.begin('worker', seen.reason)
    }
    if (seen.kind === 'progress') {
      silent = 0
      to.trouble.end('worker')
      to.onEvent(seen)
    }
    await delay(to.everyMs, undefined, { signal: to.stop }).catch(() => {})
  }
}

type FollowPoll =
  | Extract<FollowEvent, { kind: 'progress' }>
  | { readonly kind: 'server silent' | 'worker silent'; readonly reason: string }

async function pollRelease(
  client: Client,
  handle: WorkflowHandle,
  stop: AbortSignal,
  withinMs = queryWithinMs,
): Promise<FollowPoll> {
  const ask = <T>(question: () => Promise<T>) =>
    client.withAbortSignal(stop, () => client.withDeadline(Date.now() + withinMs, question))
  let pending: readonly PendingActivity[]
  try {
    pending = await ask(async () => pendingActivities(client, await handle.describe()))
  } catch (error) {
    return { kind: 'server silent', reason: errorMessage(error) }
  }
  try {
    return { kind: 'progress', status: await ask(() => handle.query(releaseStatus)), pending }
  } catch (error) {
    return { kind: 'worker silent', reason: errorMessage(error) }
  }
}

type OutageReporter = ReturnType<typeof outageReporter>

function outageReporter(onEvent: (event: FollowEvent) => void) {
  const told = new Set<'server' | 'worker'>()
  return {
    begin(withWhom: 'server' | 'worker', reason: string) {
      if (told.has(withWhom)) return
      told.add(withWhom)
      onEvent({ kind: 'trouble', with: withWhom, reason })
    },
    end(withWhom: 'server' | 'worker') {
      if (told.delete(withWhom)) onEvent({ kind: 'recovered', with: withWhom })
    },
  }
}
