import type { WatchEnd, WatchedRollout } from './watched.ts'
import { createSnapshotSource } from './snapshots.ts'
import { pollTargetOf, pollOrMiss, type WatchState, type PollSubject } from './poll-once.ts'
import { isClose, pauseAfterMiss, pauseUntilNextPoll } from './pace.ts'
import type { Poller } from '../polling/poller.ts'

/** A last look that fails is tried again so often: the deadline may be a moment of throttling. */
const lastLooks = 3

/**
 * Looks at a service until its rollout has ended or the deadline has passed, with one last look
 * then. Errors that may pass are part of waiting: they are looked past, with back-off, until the
 * deadline. Rejects with the signal's reason once that is aborted.
 */
export async function watchRollout(poller: Poller, watched: WatchedRollout): Promise<WatchEnd> {
  const { clock } = poller
  const { deadline, pace, signal } = watched
  const snapshots = createSnapshotSource(poller, pollTargetOf(watched), {
    serviceEveryMs: pace.farMs,
    recordEveryMs: 6 * pace.farMs,
    signal,
  })
  const eye: WatchState = {
    poller,
    watched,
    snapshots,
    tasks: [],
    latest: undefined,
    signs: undefined,
    closerAt: 0,
  }
  const since = clock.now()
  const say = sparingly(watched, () => clock.now())
  let nearSince: number | undefined
  let misses = 0
  let due = since
  let wanted: PollSubject = 'service'
  try {
    for (;;) {
      const late = clock.now() >= deadline
      const seen = await pollOrMiss(eye, { due, wanted, late })
      if (seen.kind === 'ended') return seen
      say(seen.summary)
      if (seen.kind !== 'missed') misses = 0
      else if (late || !seen.throttled) misses += 1
      if (late && (seen.kind !== 'missed' || misses >= lastLooks)) {
        const { summary } = seen
        return { kind: 'timed out', summary, ...(eye.latest && { observation: eye.latest }) }
      }
      const now = clock.now()
      nearSince = seen.nearEnd ? (nearSince ?? now) : undefined
      if (seen.kind === 'missed') {
        // The poller itself rests when it is throttled: whoever was first in line is so still.
        due = seen.throttled ? due : now + pauseAfterMiss(pace, misses)
      } else {
        const pause = pauseUntilNextPoll(pace, { now, since, nearSince, end: seen.end })
        wanted = isClose(pace, pause) ? 'record' : 'service'
        due = now + pause
      }
      due = Math.min(due, deadline)
    }
  } finally {
    snapshots.close()
  }
}

/** Says what is new at once, and what is not every two seconds. */
function sparingly({ name, say }: WatchedRollout, now: () => number): (summary: string) => void {
  let said = ''
  let saidAt = -Infinity
  return (summary) => {
    const observedAt = now()
    if (summary === said && observedAt - saidAt < 2_000) return
    said = summary
    saidAt = observedAt
    say({ service: name, summary, observedAt })
  }
}
