import { cut, jsonBytes } from './size.ts'

/**
 * Temporal refuses a failure that is larger than 2 MB, and the task that reports it is retried for
 * ever. These are far below, since a ledger and a log hold many of them.
 */
const maxMessageBytes = 8 * 1024
const maxStackBytes = 4 * 1024
const maxDetailsBytes = 256 * 1024
const maxCauses = 5

/**
 * Bounds everything of an error that Temporal stores. Changes the error and returns it. A text that is
 * not well-formed Unicode would stop the worker that reports it.
 */
export function boundFailure<Failure>(failure: Failure, causes = maxCauses): Failure {
  if (!(failure instanceof Error)) return failure
  failure.message = cut(failure.message.toWellFormed(), maxMessageBytes)
  if (failure.stack !== undefined) failure.stack = cut(failure.stack.toWellFormed(), maxStackBytes)
  if ('details' in failure && jsonBytes(failure.details) > maxDetailsBytes) {
    Reflect.set(failure, 'details', undefined)
  }
  if (failure.cause !== undefined) {
    Reflect.set(failure, 'cause', causes > 0 ? boundFailure(failure.cause, causes - 1) : undefined)
  }
  return failure
}
