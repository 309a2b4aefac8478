import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  TimeoutFailure,
  isCancellation,
} from '@temporalio/workflow'
import type { FailureType } from '../../contract/activities.ts'

/** The failure that an activity or a child threw, without the wrapping that says where. */
export function causeOf(failure: unknown): unknown {
  const wrapped = failure instanceof ActivityFailure || failure instanceof ChildWorkflowFailure
  return wrapped ? (failure.cause ?? failure) : failure
}

/** What a person should read of a failure. */
export function failureMessage(failure: unknown): string {
  const cause = causeOf(failure)
  if (isCancellation(failure)) return 'cancelled'
  if (cause instanceof TimeoutFailure) return timeoutMessage(failure, cause)
  return cause instanceof Error ? cause.message : String(cause)
}

function timeoutMessage(failure: unknown, cause: TimeoutFailure): string {
  const what = failure instanceof ActivityFailure ? `"${failure.activityType}"` : 'a step'
  if (cause.timeoutType === 'SCHEDULE_TO_START') {
    return `no worker took up ${what} in time: is one running on its task queue?`
  }
  if (cause.timeoutType === 'HEARTBEAT') {
    return `the worker that ran ${what} went away, and no other brought it to an end`
  }
  // The last try's own failure says more than that time ran out.
  const last = cause.cause?.message
  return `${what} did not end in time${last === undefined ? '' : `: ${last}`}`
}

export function hasType(failure: unknown, type: FailureType): boolean {
  const cause = causeOf(failure)
  return cause instanceof ApplicationFailure && cause.type === type
}

/** Whether the host that a step was bound to is gone, or lost what it had built. */
export function hostIsGone(failure: unknown): boolean {
  return wasNotTakenUp(failure) || hasType(failure, 'ImageNotHere')
}

/** Whether no worker took a step up in time; a certain one, where it is named. */
export function wasNotTakenUp(failure: unknown, activity?: string): boolean {
  const cause = causeOf(failure)
  const lay = cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START'
  if (!lay || activity === undefined) return lay
  return failure instanceof ActivityFailure && failure.activityType === activity
}

/**
 * Whether a step ended because a person asked the release to stop. The try that was under way may
 * still fail by itself, with a reason that no longer matters.
 */
export function wasCancelled(failure: unknown): boolean {
  return isCancellation(failure) || CancellationScope.current().consideredCancelled
}
