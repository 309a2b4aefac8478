import type { Bucket } from './bucket.ts'
import type { PollingClock } from './clock.ts'

/** When something is wanted, and for how long. */
export interface When {
  /** Milliseconds since the epoch: not before it, unless it costs nothing extra. */
  readonly due: number
  /** Nobody waits for it any more. */
  readonly signal: AbortSignal
}

/** A queue of asks that one gate serves, one call at a time. */
export interface RequestSource {
  /** When its most urgent ask is due; Infinity where there is none. */
  nextDue(): number
  /** Makes one call for the most urgent asks. Never rejects. */
  send(): Promise<'answered' | 'throttled'>
}

/** The one way to a group of operations that share a throttle bucket. */
export interface RateLimiter {
  add(line: RequestSource): void
  /**
   * The asks of a line have changed. One that is gone counts, too: a timer that nobody waits for
   * would keep a process that wants to end from it.
   */
  wake(): void
}

/** Asks that come within it go in one call. Far below what anybody notices. */
const gatherMs = 5

/**
 * Lets calls through as the bucket allows: of all lines the one whose ask is due first. So nobody
 * starves, however many wait: an ask only grows more urgent.
 */
export function createRateLimiter(bucket: Bucket, clock: PollingClock): RateLimiter {
  const lines: RequestSource[] = []
  let wakeAt = Infinity
  let forget: (() => void) | undefined

  function wakeUpAt(at: number): void {
    if (at >= wakeAt) return
    forget?.()
    wakeAt = at
    forget = clock.after(Math.max(0, at - clock.now()), () => {
      wakeAt = Infinity
      letThrough()
    })
  }

  function letThrough(): void {
    for (;;) {
      const line = mostUrgent(lines)
      if (line === undefined) return
      const now = clock.now()
      const at = Math.max(line.nextDue(), bucket.readyAt(now))
      if (at > now) {
        wakeUpAt(at)
        return
      }
      bucket.take(now)
      line
        .send()
        .then((end) => {
          if (end === 'throttled') bucket.slowDown(now, clock.now())
          else bucket.wentWell(now)
          wakeUpAt(clock.now() + gatherMs)
        })
        // A line never rejects; a defect in one must not stop the others.
        .catch(() => {})
    }
  }

  return {
    add(line) {
      lines.push(line)
    },
    wake() {
      wakeUpAt(clock.now() + gatherMs)
    },
  }
}

function mostUrgent(lines: readonly RequestSource[]): RequestSource | undefined {
  let first: RequestSource | undefined
  let earliest = Infinity
  for (const line of lines) {
    const due = line.nextDue()
    if (due < earliest) {
      earliest = due
      first = line
    }
  }
  return first
}
