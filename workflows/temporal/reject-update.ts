import { ApplicationFailure } from '@temporalio/workflow'
import { rejectedUpdate } from '../../contract/messages.ts'
import { cut } from '../../contract/size.ts'

const maxMessageBytes = 4 * 1024

/** The failure that rejects an Update. The message tells the caller what to do. */
export function rejectUpdate(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(cut(message, maxMessageBytes), rejectedUpdate)
}
