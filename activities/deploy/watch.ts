import type { Poller } from '../polling/poller.ts'
import { isClose, pauseAfterMiss, pauseUntilNextPoll } from './pace.ts'
import { pollOrMiss, pollTargetOf, type PollSubject, type WatchState } from './poll-once.ts'
import { createSnapshotSource } from './snapshots.ts'
import type { WatchEnd, WatchedRollout } from './watched.ts'

/** How often the last poll is tried: the deadline may fall into a moment of throttling. */
const lastPollAttempts = 3

/**
 * Polls a service until its rollout has ended or the deadline has passed; then polls everything once
 * more. Transient errors and missing credentials do not end the wait: it polls again, with back-off,
 * until the deadline. Rejects with the signal's reason once that is aborted.
 */
export async function watchRollout(poller: Poller, watched: WatchedRollout): Promise<WatchEnd> {
  const { clock } = poller
  const { deadline, pace, signal } = watched
  const snapshots = createSnapshotSource(poller, pollTargetOf(watched), {
    serviceEveryMs: pace.farMs,
    recordEveryMs: 6 * pace.farMs,
    signal,
  })
  const state: WatchState = {
    poller,
    watched,
    snapshots,
    tasks: [],
    latest: undefined,
    signs: undefined,
    tasksPolledAt: 0,
  }
  const since = clock.now()
  const report = reportSparingly(watched, () => clock.now())
  let nearSince: number | undefined
  let misses = 0
  let due = since
  let subject: PollSubject = 'service'
  try {
    for (;;) {
      const isLast = clock.now() >= deadline
      const result = await pollOrMiss(state, { due, subject, isLast })
      if (result.kind === 'ended') return result
      report(result.summary)
      if (result.kind !== 'missed') misses = 0
      else if (isLast || !result.throttled) misses += 1
      if (isLast && (result.kind !== 'missed' || misses >= lastPollAttempts)) {
        const { summary } = result
        return { kind: 'timed out', summary, ...(state.latest && { observation: state.latest }) }
      }
      const now = clock.now()
      nearSince = result.nearEnd ? (nearSince ?? now) : undefined
      if (result.kind === 'missed') {
        // The poller itself pauses when it is throttled. The old due time keeps the place in line.
        due = result.throttled ? due : now + pauseAfterMiss(pace, misses)
      } else {
        const pause = pauseUntilNextPoll(pace, { now, since, nearSince, end: result.end })
        subject = isClose(pace, pause) ? 'record' : 'service'
        due = now + pause
      }
      due = Math.min(due, deadline)
    }
  } finally {
    snapshots.close()
  }
}

/** Reports a new summary at once, and repeats an old one every two seconds. */
function reportSparingly(
  { name, report }: WatchedRollout,
  now: () => number,
): (summary: string) => void {
  let latest = ''
  let reportedAt = -Infinity
  return (summary) => {
    const observedAt = now()
    if (summary === latest && observedAt - reportedAt < 2_000) return
    latest = summary
    reportedAt = observedAt
    report({ service: name, summary, observedAt })
  }
}
