import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@temporalio/client'

/** What every function takes that waits. */
export interface AbortOptions {
  /**
   * Ends the wait: the promise rejects with the signal's reason, and no timer, call or listener is
   * left behind. What a workflow was asked to do is not undone.
   */
  readonly signal?: AbortSignal | undefined
}

/**
 * Makes calls of Temporal's client that a signal cancels.
 *
 * @throws the signal's reason once it is aborted and the call in flight has ended
 */
export async function abortable<T>(
  client: Pick<Client, 'withAbortSignal'>,
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
): Promise<T> {
  if (signal === undefined) return call()
  signal.throwIfAborted()
  // Temporal's client leaves its listeners on the signal that it is given: not on the caller's.
  const controller = new AbortController()
  const abort = () => controller.abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await client.withAbortSignal(callingLateListeners(controller.signal), call)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/**
 * Temporal's client listens for the abort without checking whether it has already happened: a call
 * that begins afterwards, once its arguments are encoded for instance, would not be cancelled.
 */
function callingLateListeners(signal: AbortSignal): AbortSignal {
  const listen = signal.addEventListener.bind(signal)
  return Object.assign(signal, {
    addEventListener(type: 'abort', listener: () => void) {
      if (signal.aborted) queueMicrotask(listener)
      else listen(type, listener)
    },
  })
}

/** @throws the signal's reason when it is aborted */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
