/** What the poller knows of time, so that a test can play hours in milliseconds. */
export interface PollingClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once after `ms`; gives a function that forgets it. */
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

/** Rests for some milliseconds. Rejects with the signal's reason once that is aborted. */
export function rest(clock: PollingClock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const stop = () => {
      forget()
      reject(signal.reason as Error)
    }
    const forget = clock.after(ms, () => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
    signal.addEventListener('abort', stop, { once: true })
  })
}
