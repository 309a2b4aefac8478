import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { FailureType } from '../../contract/activities.ts'

/**
 * How soon another worker is offered what this one gives up, in milliseconds: long enough for a
 * worker that stops to have let go of its queue.
 */
const offerAgainMs = 500

/**
 * What ends a wait before its time: its cancellation, or that its worker is asked to stop. A wait
 * can be begun anew at any moment, so it need not use up the time that a worker has for that.
 *
 * @param shutdownSignal of the worker; its reason is {@link workerShutdown}
 */
export function waitSignal(shutdownSignal: AbortSignal | undefined): AbortSignal {
  const { cancellationSignal } = Context.current()
  return shutdownSignal === undefined
    ? cancellationSignal
    : AbortSignal.any([cancellationSignal, shutdownSignal])
}

/** Why a wait ends though nothing has happened: it is tried again at once, by whoever is there. */
export function workerShutdown(): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'WorkerShutdown' satisfies FailureType,
    message: 'the worker that watched was asked to stop; the next one goes on from here',
    nextRetryDelay: offerAgainMs,
  })
}
