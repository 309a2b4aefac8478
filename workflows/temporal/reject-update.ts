import { ApplicationFailure } from '@temporalio/workflow'
import { rejectedUpdate } from '../../contract/messages.ts'

/** Answers an Update with a no: the message tells the person who asked what to do. */
export function rejectUpdate(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, rejectedUpdate)
}
