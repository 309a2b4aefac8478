import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'

/** Does something again and again until Ctrl-C or SIGTERM, which end it in good order. */
export async function untilInterrupted(everyMs: number, act: () => Promise<void>): Promise<void> {
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  // Who has had enough does not wait for a look that may take seconds.
  const stopped = once(stop.signal, 'abort')
  try {
    while (!stop.signal.aborted) {
      await Promise.race([act(), stopped])
      await delay(everyMs, undefined, { signal: stop.signal }).catch(() => {})
    }
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}
