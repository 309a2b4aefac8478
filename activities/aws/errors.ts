import {
  accessDenied,
  invalidCredentials,
  invalidRequests,
  maySucceedLater,
  throttling,
} from './error-names.ts'
import { knownFailure } from './known-failure.ts'
import { readAwsError, unreadableAnswer } from './read-error.ts'

/** The name of an error of the AWS SDK; empty for anything else. */
export function errorName(error: unknown): string {
  return readAwsError(error)?.name ?? ''
}

/** Whether the same call may well succeed a little later. */
export function isTransient(error: unknown): boolean {
  return knownFailure(error)?.type === 'Unavailable'
}

/**
 * Whether the worker has no credentials that AWS accepts: there are none, they are expired or
 * rotated, their role or session is gone, or the clock of the host is wrong. They may be renewed
 * while a release waits, and until then nothing can be known about it.
 */
export function isUnauthenticated(error: unknown): boolean {
  return invalidCredentials.has(errorName(error))
}

/** Whether AWS denied the call for lack of a permission. */
export function isDenied(error: unknown): boolean {
  return accessDenied.has(errorName(error))
}

/** Whether AWS rejected a call because there were too many of them. */
export function isThrottled(error: unknown): boolean {
  const awsError = readAwsError(error)
  return awsError !== undefined && (throttling.has(awsError.name) || awsError.status === 429)
}

/**
 * Whether ECS rejected the request, and so certainly has not begun it: a client error, known by
 * name (ECS API reference, `UpdateService` and "Common Errors"). Throttling, time-outs and 5xx do
 * not prove that.
 */
export function isRefusal(error: unknown): boolean {
  const awsError = readAwsError(error)
  if (awsError === undefined || !awsError.answered || maySucceedLater(awsError)) return false
  const { name, status } = awsError
  if (status < 400 || status >= 500) return false
  return invalidRequests.has(name) || accessDenied.has(name)
}

/**
 * Whether ECS does not start a deployment because its task definition was deregistered (ECS API
 * reference, `UpdateService`: a `ClientException` with this text).
 */
export function isInactiveRevision(error: unknown): boolean {
  return error instanceof Error && /TaskDefinition is inactive/i.test(error.message)
}

/** A gateway's own statuses: they say nothing about the operation behind it. */
const gatewayStatuses: ReadonlySet<number> = new Set([401, 403, 407, 429, 502, 503, 504])

/** Whether the endpoint answered that it lacks this operation: an old endpoint, or an emulator. */
export function isUnknownOperation(error: unknown): boolean {
  const awsError = readAwsError(error)
  if (awsError === undefined) return false
  if (awsError.name === unreadableAnswer) return !gatewayStatuses.has(awsError.status)
  if (awsError.status === 404 || awsError.status === 501) return true
  return /UnknownOperation|InvalidAction|NotImplemented|Unsupported/.test(awsError.name)
}
