import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { onInterrupt } from './interrupt.ts'

/** Repeats something until Ctrl-C or SIGTERM; then it returns, and the command ends normally. */
export async function untilInterrupted(everyMs: number, act: () => Promise<void>): Promise<void> {
  const stop = new AbortController()
  const stopListening = onInterrupt(() => stop.abort())
  // An interrupt does not wait for calls that may take seconds.
  const stopped = once(stop.signal, 'abort')
  try {
    while (!stop.signal.aborted) {
      await Promise.race([act(), stopped])
      await delay(everyMs, undefined, { signal: stop.signal }).catch(() => {})
    }
  } finally {
    stopListening()
  }
}
