import type { Client } from '@temporalio/client'
import { type AbortOptions, abortable, pause } from './abort.ts'
import { asUserError } from './errors.ts'
import { isDeadline, isOutage } from './grpc-status.ts'

/** How long the server may take to answer. */
const answerWithinMs = 30_000

/** Together about a second and a half: longer than a server's leader takes to change. */
const pausesMs = [100, 200, 400, 800]

export interface CallOptions extends AbortOptions {
  /** In milliseconds, for all attempts together. @default 30 s */
  readonly withinMs?: number
}

/**
 * Calls Temporal with a deadline, and again after a short outage. Only for what may be done twice:
 * reads, and Updates with an id.
 *
 * The client's own retries are off, because they can be neither cancelled nor awaited: one that is
 * due when a connection is closed ends the process.
 */
export function callTemporal<T>(
  client: Client,
  { signal, withinMs = answerWithinMs }: CallOptions,
  call: () => Promise<T>,
): Promise<T> {
  return abortable(client, signal, () =>
    client.withDeadline(Date.now() + withinMs, () => retryOutages(call, signal)),
  )
}

async function retryOutages<T>(call: () => Promise<T>, signal: AbortSignal | undefined) {
  for (const pauseMs of pausesMs) {
    try {
      return await call()
    } catch (error) {
      if (!isOutage(error) || isDeadline(error)) throw error
      await pause(pauseMs, signal)
    }
  }
  return call()
}

/** Runs something, and makes a {@link UserError} of each error that a person can act on. */
export async function explainingErrors<T>(
  { signal }: AbortOptions,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run()
  } catch (error) {
    // The reason of an abort is the caller's own.
    signal?.throwIfAborted()
    throw asUserError(error)
  }
}
