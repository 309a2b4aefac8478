import type { Clock } from '../runtime/types.ts'

/** A clock that moves only when a test advances it. */
export interface ManualClock extends Clock {
  /**
   * Moves the time on by `ms`. Calls every timer that falls due, ordered by time and then by
   * creation, and lets the promises that each one settles run before the next.
   */
  advance(ms: number): Promise<void>
  /**
   * Moves on from timer to timer until `condition` is true, for at most `limitMs`. Returns whether
   * it is true; the clock then shows the time at which it became so.
   */
  advanceUntil(condition: () => boolean, limitMs: number): Promise<boolean>
  /** How many timers are pending. */
  pending(): number
}

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** @param start Milliseconds since the epoch. Default: 2026-01-01T00:00:00Z. */
export function manualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  let now = start
  /** Earliest first; timers of the same time in order of their creation. */
  const timers: Timer[] = []

  async function runUntil(end: number, enough: () => boolean): Promise<boolean> {
    await settle()
    while (!enough()) {
      const next = timers[0]
      if (next === undefined || next.at > end) {
        now = end
        return enough()
      }
      timers.shift()
      now = Math.max(now, next.at)
      next.callback()
      await settle()
    }
    return true
  }

  return {
    now: () => now,
    after(ms, callback) {
      const timer = { at: now + Math.max(0, ms), callback }
      timers.splice(placeOf(timers, timer.at), 0, timer)
      return () => {
        const index = timers.indexOf(timer)
        if (index !== -1) timers.splice(index, 1)
      }
    },
    async advance(ms) {
      await runUntil(now + ms, () => false)
    },
    advanceUntil: (condition, limitMs) => runUntil(now + limitMs, condition),
    pending: () => timers.length,
  }
}

/** All promise callbacks, however deeply chained, run before the event loop's next turn. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** The index for a timer due `at`: behind every timer that is due then or earlier. */
function placeOf(timers: readonly Timer[], at: number): number {
  let low = 0
  let high = timers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((timers[middle]?.at ?? Infinity) <= at) low = middle + 1
    else high = middle
  }
  return low
}
