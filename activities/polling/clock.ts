/** The poller's source of time, so that a test can simulate hours in milliseconds. */
export interface PollingClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once after `ms`; returns a function that cancels the timer. */
  after(ms: number, callback: () => void): () => void
}

export const machineClock: PollingClock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => {
      clearTimeout(timer)
    }
  },
}

/** Sleeps for some milliseconds. Rejects with the signal's reason when the signal is aborted. */
export function rest(clock: PollingClock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const onAbort = () => {
      cancelTimer()
      reject(signal.reason as Error)
    }
    const cancelTimer = clock.after(ms, () => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    })
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
