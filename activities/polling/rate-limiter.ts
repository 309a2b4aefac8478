import type { Bucket } from './bucket.ts'
import type { PollingClock } from './clock.ts'

/** When a request is due, and for how long someone waits for its answer. */
export interface RequestTiming {
  /** Milliseconds since the epoch. It is sent earlier only where that costs no extra call. */
  readonly due: number
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

/** A queue of requests that a rate limiter sends, one call at a time. */
export interface RequestSource {
  /** When its most urgent request is due; Infinity if it has none. */
  nextDue(): number
  /** Makes one call for the most urgent requests. Never rejects. */
  send(): Promise<'answered' | 'throttled'>
}

/** Limits the calls to a group of operations that share a throttle bucket. */
export interface RateLimiter {
  add(source: RequestSource): void
  /**
   * Must be called when the requests of a source have changed. That includes cancelled requests: a
   * leftover timer would keep the process from exiting.
   */
  wake(): void
}

/** Requests that arrive within this time share a call. Too short for anyone to notice. */
const gatherMs = 5

/**
 * Makes calls as the bucket allows, always for the source whose request is due first. So no request
 * starves, however many wait: each becomes more urgent with time.
 */
export function createRateLimiter(bucket: Bucket, clock: PollingClock): RateLimiter {
  const sources: RequestSource[] = []
  let wakeAt = Infinity
  let cancelTimer: (() => void) | undefined

  function wakeUpAt(at: number): void {
    if (at >= wakeAt) return
    cancelTimer?.()
    wakeAt = at
    cancelTimer = clock.after(Math.max(0, at - clock.now()), () => {
      wakeAt = Infinity
      sendDue()
    })
  }

  function sendDue(): void {
    for (;;) {
      const source = mostUrgent(sources)
      if (source === undefined) return
      const now = clock.now()
      const at = Math.max(source.nextDue(), bucket.readyAt(now))
      if (at > now) {
        wakeUpAt(at)
        return
      }
      bucket.take(now)
      source
        .send()
        .then((result) => {
          if (result === 'throttled') bucket.slowDown(now, clock.now())
          else bucket.recordSuccess(now)
          wakeUpAt(clock.now() + gatherMs)
        })
        // A source never rejects; a defect in one must not stop the others.
        .catch(() => {})
    }
  }

  return {
    add(source) {
      sources.push(source)
    },
    wake() {
      wakeUpAt(clock.now() + gatherMs)
    },
  }
}

function mostUrgent(sources: readonly RequestSource[]): RequestSource | undefined {
  let first: RequestSource | undefined
  let earliest = Infinity
  for (const source of sources) {
    const due = source.nextDue()
    if (due < earliest) {
      earliest = due
      first = source
    }
  }
  return first
}
