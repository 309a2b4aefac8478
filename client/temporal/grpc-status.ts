import { isGrpcServiceError } from '@temporalio/client'

/** gRPC's numbers, which are part of its wire protocol. */
export const grpc = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
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
} as const

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

/** Whether the server limits how much and how often the caller may ask. */
export function isExhausted(error: unknown): boolean {
  return grpcStatus(error) === grpc.exhausted
}

/** Whether the server does not have this call: it is too old, or does not offer it to clients. */
export function isUnimplemented(error: unknown): boolean {
  return grpcStatus(error) === grpc.unimplemented
}

/** Whether the server denies this call to the caller. */
export function isPermissionDenied(error: unknown): boolean {
  return grpcStatus(error) === grpc.denied
}
