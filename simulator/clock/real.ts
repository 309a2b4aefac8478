import type { Clock } from '../runtime/types.ts'

/** The machine's own clock. Its timers do not keep the process alive. */
export function realClock(): Clock {
  return {
    now: () => Date.now(),
    after(ms, callback) {
      const timer = setTimeout(callback, ms)
      timer.unref()
      return () => {
        clearTimeout(timer)
      }
    },
  }
}
