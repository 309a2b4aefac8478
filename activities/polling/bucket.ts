/** The AWS limit on an account's calls to a group of operations in one region. */
export interface Limit {
  /** Calls at once, from a full bucket. */
  readonly burst: number
  /** Calls a second, sustained. */
  readonly perSecond: number
}

/** Our model of a throttle bucket. All times are milliseconds since the epoch. */
export interface Bucket {
  /** When the next call is allowed: `now` or later. */
  readyAt(now: number): number
  /** Counts one call. */
  take(now: number): void
  /**
   * AWS throttled a call that was sent at `sentAt`: others use the bucket too. Halves the rate and
   * pauses, once for all calls that were in flight then. The rate recovers within 20 s.
   */
  slowDown(sentAt: number, now: number): void
  /** AWS accepted a call that was sent at `sentAt`: resets the count of throttled calls in a row. */
  recordSuccess(sentAt: number): void
}

const recoveryMs = 20_000
const firstPauseMs = 100
const longestPauseMs = 5_000
const slowestRate = 1 / 16

/**
 * A bucket that uses at most `share` of a limit.
 *
 * @param random from 0 to 1: spreads the pauses of several workers
 */
export function createBucket(limit: Limit, share: number, random = Math.random): Bucket {
  const capacity = Math.max(1, limit.burst * share)
  const fullRate = (limit.perSecond * share) / 1_000
  let tokens = capacity
  let refilledAt = -Infinity
  let pausedUntil = -Infinity
  let slowedAt = -Infinity
  /** The share of the full rate right after the last throttled call. */
  let slowedTo = 1
  let throttledInARow = 0

  const rateAt = (now: number) =>
    fullRate * Math.min(1, slowedTo + Math.max(0, now - slowedAt) / recoveryMs)

  function refill(now: number): void {
    const from = Math.max(refilledAt, pausedUntil)
    if (refilledAt > -Infinity && now > from) tokens += (now - from) * rateAt(now)
    tokens = Math.min(capacity, tokens)
    refilledAt = now
  }

  return {
    readyAt(now) {
      refill(now)
      const start = Math.max(now, pausedUntil)
      // Rounded up, since a timer that fires slightly early would find no token.
      return tokens >= 1 ? start : Math.ceil(start + (1 - tokens) / rateAt(start))
    },
    take(now) {
      refill(now)
      tokens -= 1
    },
    slowDown(sentAt, now) {
      if (sentAt < slowedAt) return
      refill(now)
      slowedTo = Math.max(slowestRate, rateAt(now) / fullRate / 2)
      slowedAt = now
      tokens = Math.min(tokens, 0)
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** throttledInARow)
      pausedUntil = now + pauseMs * (0.5 + random() / 2)
      throttledInARow += 1
    },
    recordSuccess(sentAt) {
      if (sentAt > slowedAt) throttledInARow = 0
    },
  }
}
