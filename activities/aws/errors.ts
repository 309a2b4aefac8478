import { ApplicationFailure } from '@temporalio/common'
import { missingPermission } from './missing-permission.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import { readAwsError, unreadableAnswer, type AwsError } from './read-error.ts'

const lapsed = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired'])

const credentials = new Set([
  ...lapsed,
  'AuthFailure',
  'CredentialsProviderError',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
])

const denied = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'NotAuthorized',
  'UnauthorizedOperation',
])

const conflicts = new Set(['ConflictException', 'UpdateInProgressException'])

const passing = new Set([
  'InternalError',
  'InternalFailure',
  'RequestLimitExceeded',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServerException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TimeoutError',
  'TooManyRequestsException',
])

const network = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])

/**
 * The typed failure for an error of the AWS SDK or of the network, or undefined for one that is
 * not known: a defect of our own, which keeps its stack trace.
 *
 * Names are those of the services' API references.
 */
export function knownFailure(error: unknown): ApplicationFailure | undefined {
  if (error instanceof ApplicationFailure) return error
  const thrown = readAwsError(error)
  if (thrown === undefined) return undefined
  const said = thrown.message === '' ? thrown.name : `${thrown.name}: ${thrown.message}`
  if (credentials.has(thrown.name)) {
    return failure(
      'CredentialsInvalid',
      `AWS does not accept the worker's credentials (${said}). Renew them where the worker runs (a role, a profile or AWS_* variables), try "aws sts get-caller-identity" there, and ask again.`,
    )
  }
  if (denied.has(thrown.name)) {
    return failure(
      'AccessDenied',
      `AWS denies the worker what it needs (${said}). ${missingPermission(thrown.message)}`,
    )
  }
  if (conflicts.has(thrown.name)) return failure('Conflict', `AWS is busy with this (${said}).`)
  if (thrown.message.startsWith('Region is missing')) {
    return failure(
      'PreconditionFailed',
      'No AWS region is known. Set "region" of the environment in slipway.yaml, or AWS_REGION where the worker runs.',
    )
  }
  if (maySucceedLater(thrown)) return unavailable(`AWS cannot be reached or is busy (${said}).`)
  if (thrown.name === unreadableAnswer) {
    return failure(
      'PreconditionFailed',
      `What answers in AWS's place does not speak its protocol (${thrown.message}). See to AWS_ENDPOINT_URL and to proxies where the worker runs.`,
    )
  }
  return thrown.answered ? failure('PreconditionFailed', `AWS refuses (${said}).`) : undefined
}

/** Whether the same call may well succeed a little later. */
export function isTransient(error: unknown): boolean {
  return knownFailure(error)?.type === 'Unavailable'
}

/**
 * Whether AWS does not take the worker's credentials, or the worker has none: expired, rotated, a
 * role or a session that is gone. Somebody may renew them.
 */
export function isUnauthenticated(error: unknown): boolean {
  return credentials.has(nameOf(error))
}

/**
 * Whether the worker's credentials were good and have come to their end. Somebody may renew them
 * while a rollout is waited for, and it goes on meanwhile.
 */
export function isExpired(error: unknown): boolean {
  return lapsed.has(nameOf(error))
}

const throttles = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
])

/** Whether AWS refused a call because there were too many of them. */
export function isThrottled(error: unknown): boolean {
  const thrown = readAwsError(error)
  return thrown !== undefined && (throttles.has(thrown.name) || thrown.status === 429)
}

const refusals = new Set([
  'ClientException',
  'ClusterNotFoundException',
  'InvalidParameterException',
  'NamespaceNotFoundException',
  'PlatformTaskDefinitionIncompatibilityException',
  'PlatformUnknownException',
  'ServiceNotActiveException',
  'ServiceNotFoundException',
  'UnsupportedFeatureException',
  'ValidationException',
])

/**
 * Whether ECS answered that it will not do what it was asked, and so certainly has not begun: an
 * error of the caller's, known by name (ECS API reference, `UpdateService` and "Common Errors").
 * Throttling, time-outs and 5xx say nothing of the kind.
 */
export function isRefusal(error: unknown): boolean {
  const thrown = readAwsError(error)
  if (thrown === undefined || !thrown.answered || maySucceedLater(thrown)) return false
  const { name, status } = thrown
  if (status < 400 || status >= 500) return false
  return refusals.has(name) || denied.has(name) || credentials.has(name)
}

/**
 * Whether ECS will not start a deployment, since its task definition was deregistered (ECS API
 * reference, `UpdateService`: a `ClientException` with this text).
 */
export function isInactiveRevision(error: unknown): boolean {
  return error instanceof Error && /TaskDefinition is inactive/i.test(error.message)
}

/** What a gateway answers with for what stands behind it: nothing about the operation. */
const gateway = new Set([401, 403, 407, 429, 502, 503, 504])

/** Whether an endpoint answered that it has no such operation: an old one, or an emulator. */
export function isUnknownOperation(error: unknown): boolean {
  const thrown = readAwsError(error)
  if (thrown === undefined) return false
  if (thrown.name === unreadableAnswer) return !gateway.has(thrown.status)
  if (thrown.status === 404 || thrown.status === 501) return true
  return /UnknownOperation|InvalidAction|NotImplemented|Unsupported/.test(thrown.name)
}

/** The name of an error of the AWS SDK, empty for anything else. */
export function nameOf(error: unknown): string {
  return readAwsError(error)?.name ?? ''
}

/** Whether AWS denies the call itself. */
export function isDenied(error: unknown): boolean {
  return denied.has(nameOf(error))
}

function maySucceedLater(thrown: AwsError): boolean {
  if (passing.has(thrown.name) || thrown.status >= 500 || thrown.status === 429) return true
  return network.has(thrown.code)
}
