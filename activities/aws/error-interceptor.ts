import { Context } from '@temporalio/activity'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { knownFailure } from './errors.ts'

/**
 * Turns the errors of vendors into typed failures in one place, so that activities stay clean and
 * workflows can tell what to retry. Whatever an activity throws once it is cancelled is its
 * cancellation, not a failure of its own.
 */
export const activityInterceptors: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      try {
        return await next(input)
      } catch (error) {
        const { cancelled, cancellationSignal } = Context.current()
        if (cancellationSignal.aborted) return await cancelled
        throw knownFailure(error) ?? error
      }
    },
  },
})
