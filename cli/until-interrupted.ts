import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { onInterrupt } from './interrupt.ts'

/** Does something again and again until Ctrl-C or SIGTERM, which end it in good order. */
export async function untilInterrupted(everyMs: number, act: () => Promise<void>): Promise<void> {
  const stop = new AbortController()
  const hush = onInterrupt(() => stop.abort())
  // Who has had enough does not wait for a look that may take seconds.
  const stopped = once(stop.signal, 'abort')
  try {
    while (!stop.signal.aborted) {
      await Promise.race([act(), stopped])
      await delay(everyMs, undefined, { signal: stop.signal }).catch(() => {})
    }
  } finally {
    hush()
  }
}
