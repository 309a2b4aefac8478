import { ApplicationFailure } from '@temporalio/workflow'
import { rejectedUpdate } from '../../contract/messages.ts'

/** The failure that rejects an Update. The message tells the caller what to do. */
export function rejectUpdate(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, rejectedUpdate)
}
