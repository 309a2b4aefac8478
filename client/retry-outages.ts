import { setTimeout as delay } from 'node:timers/promises'
import { isDeadline, isOutage } from './explain-error.ts'

/** Together about a second and a half: longer than a server's leader takes to change. */
const pausesMs = [100, 200, 400, 800]

/**
 * Asks again a few times where the server is out for a moment. Only for what may be asked twice:
 * reads, and Updates with an id.
 *
 * The client library's own retries are off, because they can neither be cancelled nor waited for:
 * one that is due when a connection is closed ends the process.
 */
export async function persistently<T>(ask: () => Promise<T>): Promise<T> {
  for (const pause of pausesMs) {
    try {
      return await ask()
    } catch (error) {
      if (!isOutage(error) || isDeadline(error)) throw error
      await delay(pause)
    }
  }
  return ask()
}
