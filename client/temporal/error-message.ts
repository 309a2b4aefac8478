import {
  ActivityFailure,
  ChildWorkflowFailure,
  ServiceError,
  TimeoutFailure,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  isGrpcServiceError,
} from '@temporalio/client'

/** The message for people in any error: the innermost one that says something. */
export function errorMessage(error: unknown): string {
  const root = rootError(error)
  if (isGrpcServiceError(root)) return grpcMessage(root)
  if (!(root instanceof Error)) return String(root)
  return root.message || root.name
}

/** The error that others only wrap: what the activity threw, or what the server answered. */
export function rootError(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return rootError(error.errors[0])
  const cause = isWrapper(error) ? error.cause : undefined
  return cause === undefined ? error : rootError(cause)
}

/** Errors that say only where something failed. A timeout may have the last attempt's failure. */
function isWrapper(error: unknown): error is Error {
  return (
    error instanceof ServiceError ||
    error instanceof WorkflowFailedError ||
    error instanceof WorkflowUpdateFailedError ||
    error instanceof ActivityFailure ||
    error instanceof ChildWorkflowFailure ||
    error instanceof TimeoutFailure
  )
}

/**
 * The server's message without gRPC's prefix `5 NOT_FOUND: `. The field `details` is no substitute:
 * for an Update-with-start, Temporal's client sets it to undecoded bytes.
 */
function grpcMessage({ message, details }: { message: string; details: string }): string {
  return message.replace(/^\d+ [A-Z_]+: */, '') || details || message
}
