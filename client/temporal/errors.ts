import {
  NamespaceNotFoundError,
  ServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  isGrpcServiceError,
} from '@temporalio/client'
import { exitStatusWhenWaitingEnds } from '../../contract/outcome.ts'
import { UserError } from '../user-error.ts'

/** The message for people in any error: the innermost one that says something. */
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

/** The same as Temporal's own clients retry. */
const transient: ReadonlySet<number> = new Set([
  grpc.unknown,
  grpc.exhausted,
  grpc.aborted,
  grpc.internal,
  grpc.unavailable,
  grpc.dataLoss,
])

/** The gRPC status of an error that came from the server or the connection to it. */
export function grpcStatus(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code
  return error instanceof Error && error.cause !== undefined ? grpcStatus(error.cause) : undefined
}

/** Whether trying again may help: the server or the connection to it is out for the moment. */
export function isOutage(error: unknown): boolean {
  const status = grpcStatus(error)
  return status === grpc.deadline || (status !== undefined && transient.has(status))
}

/**
 * Whether a query got no answer for want of a worker: the last one of the workflow has gone and the
 * server has not noticed yet, or the server ended a query that had waited too long, which it
 * reports as a deadline or as cancelled, whichever comes first.
 */
export function isWithoutWorker(error: unknown): boolean {
  const status = grpcStatus(error)
  return status === grpc.failedPrecondition || status === grpc.cancelled
}

/** Whether the time allowed for an answer has run out. */
export function isDeadline(error: unknown): boolean {
  return grpcStatus(error) === grpc.deadline
}

/** Whether the server does not have this call: it is too old, or does not offer it to clients. */
export function isUnimplemented(error: unknown): boolean {
  return grpcStatus(error) === grpc.unimplemented
}

/** Whether the server denies this call to the caller. */
export function isPermissionDenied(error: unknown): boolean {
  return grpcStatus(error) === grpc.denied
}

/**
 * A {@link UserError} for an error that a person can act on; any other error as it is: that is a
 * defect, and its stack trace is needed.
 */
export function asUserError(error: unknown): unknown {
  if (error instanceof UserError) return error
  if (error instanceof WorkflowUpdateFailedError) {
    return new UserError(`Rejected: ${errorMessage(error)}`, { cause: error })
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return new UserError(
      'The environment received the request but did not answer in time; it may still act on it. Check with: slipway status <environment>',
      { exitStatus: exitStatusWhenWaitingEnds, cause: error },
    )
  }
  if (error instanceof WorkflowNotFoundError) {
    return new UserError(
      `Temporal knows no workflow "${error.workflowId}" in this namespace. Check TEMPORAL_NAMESPACE.`,
      {
        cause: error,
      },
    )
  }
  if (error instanceof NamespaceNotFoundError) {
    return new UserError(
      `Temporal has no namespace "${error.namespace}" here. Check TEMPORAL_NAMESPACE and TEMPORAL_ADDRESS.`,
      { cause: error },
    )
  }
  const nextStep = advice[grpcStatus(error) ?? -1]
  return nextStep === undefined
    ? error
    : new UserError(`Temporal answered: ${errorMessage(error).replace(/\.$/, '')}. ${nextStep}`, {
        cause: error,
      })
}

const advice: Readonly<Record<number, string>> = {
  [grpc.denied]: 'Check TEMPORAL_API_KEY or the client certificate, and TEMPORAL_NAMESPACE.',
  [grpc.unauthenticated]:
    'Check TEMPORAL_API_KEY or the client certificate, and TEMPORAL_NAMESPACE.',
  [grpc.notFound]: 'Check TEMPORAL_NAMESPACE.',
  [grpc.unavailable]: 'Check TEMPORAL_ADDRESS and that the server is up, then try again.',
  [grpc.deadline]: 'Check TEMPORAL_ADDRESS and that the server is up, then try again.',
  [grpc.unimplemented]: 'The server may be too old for this.',
}
