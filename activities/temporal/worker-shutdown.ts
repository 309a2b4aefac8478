import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { FailureType } from '../../contract/failure-type.ts'

/**
 * Delay before Temporal offers the activity to another worker, in milliseconds: long enough for
 * the stopping worker to have stopped polling its task queue.
 */
const retryDelayMs = 500

/**
 * Ends a wait early: when the activity is cancelled, or when its worker is asked to stop. A wait can
 * be restarted at any moment, so it need not use up the worker's shutdown grace time.
 *
 * @param shutdownSignal of the worker; its reason is {@link workerShutdown}
 */
export function waitSignal(shutdownSignal: AbortSignal | undefined): AbortSignal {
  const { cancellationSignal } = Context.current()
  return shutdownSignal === undefined
    ? cancellationSignal
    : AbortSignal.any([cancellationSignal, shutdownSignal])
}

/** Ends a wait on a worker that shuts down: Temporal retries it at once on another worker. */
export function workerShutdown(): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'WorkerShutdown' satisfies FailureType,
    message: 'The worker is shutting down; the next worker continues this wait.',
    nextRetryDelay: retryDelayMs,
  })
}
