import type { Clock } from '../../simulator/runtime/types.ts'

/** A clock on which a minute passes in `60 / times` seconds, for an account that Slipway watches. */
export function hurriedClock(times: number): Clock {
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
