/** How many calls an account may make to a group of operations in one region. */
export interface Limit {
  /** Calls at once, after a rest. */
  readonly burst: number
  /** Calls a second, sustained. */
  readonly perSecond: number
}

/** Our side of a throttle bucket. All times are milliseconds since the epoch. */
export interface Bucket {
  /** When the next call may be made: `now` or later. */
  readyAt(now: number): number
  /** Counts one call. */
  take(now: number): void
  /**
   * AWS refused a call that was sent at `sentAt`: somebody else uses the bucket, too. Halves the
   * rate and rests, once for all calls that were under way then. The rate comes back in 20 s.
   */
  slowDown(sentAt: number, now: number): void
  /** AWS took a call that was sent at `sentAt`: the next refusal is the first in a row. */
  wentWell(sentAt: number): void
}

const recoveryMs = 20_000
const firstRestMs = 100
const longestRestMs = 5_000
const slowest = 1 / 16

/**
 * A bucket that spends at most `share` of a limit.
 *
 * @param random from 0 to 1: spreads the rests of several workers
 */
export function createBucket(limit: Limit, share: number, random = Math.random): Bucket {
  const most = Math.max(1, limit.burst * share)
  const fullRate = (limit.perSecond * share) / 1_000
  let tokens = most
  let countedAt = -Infinity
  let restUntil = -Infinity
  let slowedAt = -Infinity
  /** Of the full rate, right after the last refusal. */
  let slowedTo = 1
  /** In a row. */
  let refusals = 0

  const rateAt = (now: number) =>
    fullRate * Math.min(1, slowedTo + Math.max(0, now - slowedAt) / recoveryMs)

  function count(now: number): void {
    const from = Math.max(countedAt, restUntil)
    if (countedAt > -Infinity && now > from) tokens += (now - from) * rateAt(now)
    tokens = Math.min(most, tokens)
    countedAt = now
  }

  return {
    readyAt(now) {
      count(now)
      const start = Math.max(now, restUntil)
      // Rounded up: a timer that fires a hair too early would find no token.
      return tokens >= 1 ? start : Math.ceil(start + (1 - tokens) / rateAt(start))
    },
    take(now) {
      count(now)
      tokens -= 1
    },
    slowDown(sentAt, now) {
      if (sentAt < slowedAt) return
      count(now)
      slowedTo = Math.max(slowest, rateAt(now) / fullRate / 2)
      slowedAt = now
      tokens = Math.min(tokens, 0)
      restUntil = now + Math.min(longestRestMs, firstRestMs * 2 ** refusals) * (0.5 + random() / 2)
      refusals += 1
    },
    wentWell(sentAt) {
      if (sentAt > slowedAt) refusals = 0
    },
  }
}
