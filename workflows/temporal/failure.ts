import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  TimeoutFailure,
  isCancellation,
} from '@temporalio/workflow'
import type { FailureType } from '../../contract/failure-type.ts'
import { cut } from '../../contract/size.ts'

/** The failure that an activity or a child threw, without Temporal's wrapper. */
export function causeOf(failure: unknown): unknown {
  const wrapped = failure instanceof ActivityFailure || failure instanceof ChildWorkflowFailure
  return wrapped ? (failure.cause ?? failure) : failure
}

const maxMessageBytes = 4 * 1024

/** The message of a failure, for people; at most 4 KiB, whatever an older worker recorded. */
export function failureMessage(failure: unknown): string {
  return cut(wholeMessage(failure), maxMessageBytes)
}

function wholeMessage(failure: unknown): string {
  const cause = causeOf(failure)
  if (isCancellation(failure)) return 'cancelled'
  if (cause instanceof TimeoutFailure) return timeoutMessage(failure, cause)
  return cause instanceof Error ? cause.message : String(cause)
}

function timeoutMessage(failure: unknown, cause: TimeoutFailure): string {
  const what = failure instanceof ActivityFailure ? `"${failure.activityType}"` : 'a step'
  if (cause.timeoutType === 'SCHEDULE_TO_START') {
    return `no worker started ${what} in time: is one running on its task queue?`
  }
  if (cause.timeoutType === 'HEARTBEAT') {
    return `the worker that ran ${what} was lost, and no other finished it`
  }
  // The failure of the last attempt says more than the timeout.
  const last = cause.cause?.message
  return `${what} did not finish in time${last === undefined ? '' : `: ${last}`}`
}

export function hasType(failure: unknown, type: FailureType): boolean {
  const cause = causeOf(failure)
  return cause instanceof ApplicationFailure && cause.type === type
}

/** Whether the host of a step is lost, or no longer has the image that it built. */
export function hostIsGone(failure: unknown): boolean {
  return wasNotStarted(failure) || hasType(failure, 'ImageNotHere')
}

/** Whether no worker started the activity (or the given activity) in time. */
export function wasNotStarted(failure: unknown, activity?: string): boolean {
  const cause = causeOf(failure)
  const timedOut = cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START'
  if (!timedOut || activity === undefined) return timedOut
  return failure instanceof ActivityFailure && failure.activityType === activity
}

/**
 * Whether a step ended because the release was cancelled. The running attempt may still fail for a
 * reason of its own, which no longer matters.
 */
export function wasCancelled(failure: unknown): boolean {
  return isCancellation(failure) || CancellationScope.current().consideredCancelled
}
