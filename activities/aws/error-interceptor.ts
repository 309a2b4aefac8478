import { Context } from '@temporalio/activity'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { boundFailure } from '../../contract/bound-failure.ts'
import { knownFailure } from './known-failure.ts'

/**
 * Converts AWS and network errors to typed failures in one place, so that activities need not, and
 * workflows know what to retry; and bounds them, whatever they quote. Any error of a cancelled activity is reported as its cancellation.
 */
export const activityInterceptors: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      try {
        return await next(input)
      } catch (error) {
        const { cancelled, cancellationSignal } = Context.current()
        if (cancellationSignal.aborted) return await cancelled
        throw boundFailure(knownFailure(error) ?? error)
      }
    },
  },
})
