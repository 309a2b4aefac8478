import {
  NamespaceNotFoundError,
  ServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  isGrpcServiceError,
} from '@temporalio/client'
import { exitStatusWhenWaitingEnds } from '../contract/outcome.ts'
import { UserError } from './user-error.ts'

/** What a person should read of any error: the innermost message that says something. */
export function errorMessage(error: unknown): string {
  if (isGrpcServiceError(error)) return error.details || error.message
  if (!(error instanceof Error)) return String(error)
  const wraps =
    error instanceof ServiceError ||
    error instanceof WorkflowFailedError ||
    error instanceof WorkflowUpdateFailedError
  if (wraps && error.cause !== undefined) return errorMessage(error.cause)
  if (error instanceof AggregateError && error.errors.length > 0)
    return errorMessage(error.errors[0])
  return error.message || error.name
}

/** gRPC's numbers, which are part of its wire protocol. */
const grpc = {
  cancelled: 1,
  unknown: 2,
  deadline: 4,
  notFound: 5,
  denied: 7,
  exhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
}

/** As Temporal's own clients have it. */
const passing: ReadonlySet<number> = new Set([
  grpc.unknown,
  grpc.exhausted,
  grpc.aborted,
  grpc.internal,
  grpc.unavailable,
  grpc.dataLoss,
])

/** gRPC's status of an error that came from the server or the way to it. */
export function grpcStatus(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code
  return error instanceof Error && error.cause !== undefined ? grpcStatus(error.cause) : undefined
}

/** Whether asking again may help: the server or the way to it is out for the moment. */
export function isOutage(error: unknown): boolean {
  const status = grpcStatus(error)
  return status === grpc.deadline || (status !== undefined && passing.has(status))
}

/**
 * Whether a question got no answer for want of a worker: the one that was at work on the workflow
 * has gone before the server has given it up, or the server ended a question that lay too long,
 * which it tells as a deadline or as cancelled, whichever comes first.
 */
export function isUnattended(error: unknown): boolean {
  const status = grpcStatus(error)
  return status === grpc.failedPrecondition || status === grpc.cancelled
}

/** Whether the time that was given for an answer has run out. */
export function isDeadline(error: unknown): boolean {
  return grpcStatus(error) === grpc.deadline
}

/**
 * Errors that a person can do something about, as refusals; all others as they are: those are
 * defects, and want a stack trace.
 */
export function explained(error: unknown): unknown {
  if (error instanceof UserError) return error
  if (error instanceof WorkflowUpdateFailedError) {
    return new UserError(`Refused: ${errorMessage(error)}`, { cause: error })
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return new UserError(
      'The environment took the request but did not answer in time; it may still act on it. Look with: slipway status <environment>',
      { exitStatus: exitStatusWhenWaitingEnds, cause: error },
    )
  }
  if (error instanceof WorkflowNotFoundError) {
    return new UserError(`Temporal knows no workflow "${error.workflowId}" in this namespace.`, {
      cause: error,
    })
  }
  if (error instanceof NamespaceNotFoundError) {
    return new UserError(
      `Temporal has no namespace "${error.namespace}" here. Check TEMPORAL_NAMESPACE and TEMPORAL_ADDRESS.`,
      { cause: error },
    )
  }
  const toDo = advice[grpcStatus(error) ?? -1]
  return toDo === undefined
    ? error
    : new UserError(`Temporal answered: ${errorMessage(error).replace(/\.$/, '')}. ${toDo}`, {
        cause: error,
      })
}

const advice: Readonly<Record<number, string>> = {
  [grpc.denied]: 'Check TEMPORAL_API_KEY or the client certificate, and TEMPORAL_NAMESPACE.',
  [grpc.unauthenticated]:
    'Check TEMPORAL_API_KEY or the client certificate, and TEMPORAL_NAMESPACE.',
  [grpc.notFound]: 'Check TEMPORAL_NAMESPACE.',
  [grpc.unavailable]: 'Check TEMPORAL_ADDRESS and that the server is up, then ask again.',
  [grpc.deadline]: 'Check TEMPORAL_ADDRESS and that the server is up, then ask again.',
  [grpc.unimplemented]: 'The server may be too old for this.',
}
