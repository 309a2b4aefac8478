import type { Clock } from '../runtime/types.ts'

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /**
   * Goes on by `ms`: calls every timer that falls due, in order of its time and then of its
   * making, and lets the promises that each one settles run before the next.
   */
  advance(ms: number): Promise<void>
  /**
   * Goes on from timer to timer until `condition` holds, for at most `limitMs`. Gives whether it
   * does hold; the clock then stands at the moment at which it came true.
   */
  advanceUntil(condition: () => boolean, limitMs: number): Promise<boolean>
  /** How many timers wait. */
  pending(): number
}

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** @param start Milliseconds since the epoch: 2026-01-01T00:00:00Z when left out. */
export function manualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  let now = start
  /** Earliest first; those of one moment in order of their making. */
  const timers: Timer[] = []

  async function goOn(end: number, enough: () => boolean): Promise<boolean> {
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
      await goOn(now + ms, () => false)
    },
    advanceUntil: (condition, limitMs) => goOn(now + limitMs, condition),
    pending: () => timers.length,
  }
}

/** All promise callbacks, however deeply chained, run before the event loop's next turn. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** Where a timer for `at` belongs: behind every one that is due then or earlier. */
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
