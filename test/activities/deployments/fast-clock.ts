import type { Clock } from '../../../simulator/runtime/types.ts'

/** A clock that runs `times` as fast as real time, for a simulated account. */
export function fastClock(times: number): Clock {
  const began = Date.now()
  return {
    now: () => began + (Date.now() - began) * times,
    after(ms, callback) {
      const timer = setTimeout(callback, ms / times)
      timer.unref()
      return () => {
        clearTimeout(timer)
      }
    },
  }
}
