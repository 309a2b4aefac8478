import type { Observation } from '../../rollout/observation.ts'
import type { Expectation, Verdict } from '../../rollout/verdict.ts'
import { createGlimpses } from './snapshots.ts'
import { lookAt, lookOrMiss, type Eye, type Wanted } from './poll-once.ts'
import { isClose, pauseAfterMiss, pauseUntilNextLook, type Pace } from './pace.ts'
import type { Poller } from '../polling/poller.ts'
import type { RolloutProgress } from '../../contract/activity-types.ts'

export interface Watched {
  readonly cluster: string
  /** Name of the service in the configuration, and what ECS calls it. */
  readonly name: string
  readonly service: string
  readonly expected: Expectation
  /** How long earlier deployments of the service took, in milliseconds. Default: nobody knows. */
  readonly earlierMs?: readonly number[]
  /** Milliseconds since the epoch. */
  readonly deadline: number
  readonly pace: Pace
  readonly signal: AbortSignal
  readonly say: (progress: RolloutProgress) => void
}

export type Ending =
  | {
      readonly kind: 'ended'
      readonly verdict: Exclude<Verdict, { kind: 'progressing' }>
      readonly observation: Observation
    }
  | {
      readonly kind: 'timed out'
      /** What still stood in the way at the last look. */
      readonly summary: string
      /** Absent where no look came through. */
      readonly observation?: Observation
    }

/** A last look that fails is tried again so often: the deadline may be a moment of throttling. */
const lastLooks = 3

/**
 * Looks at a service until its rollout has ended or the deadline has passed, with one last look
 * then. Errors that may pass are part of waiting: they are looked past, with back-off, until the
 * deadline. Rejects with the signal's reason once that is aborted.
 */
export async function watchRollout(poller: Poller, watched: Watched): Promise<Ending> {
  const { clock } = poller
  const { deadline, pace, signal } = watched
  const glimpses = createGlimpses(poller, lookAt(watched), {
    serviceEveryMs: pace.farMs,
    recordEveryMs: 6 * pace.farMs,
    signal,
  })
  const eye: Eye = {
    poller,
    watched,
    glimpses,
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
  let wanted: Wanted = 'service'
  try {
    for (;;) {
      const late = clock.now() >= deadline
      const seen = await lookOrMiss(eye, { due, wanted, late })
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
        const pause = pauseUntilNextLook(pace, { now, since, nearSince, end: seen.end })
        wanted = isClose(pace, pause) ? 'record' : 'service'
        due = now + pause
      }
      due = Math.min(due, deadline)
    }
  } finally {
    glimpses.close()
  }
}

/** Says what is new at once, and what is not every two seconds. */
function sparingly({ name, say }: Watched, now: () => number): (summary: string) => void {
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
