import type { AwsError } from './read-error.ts'

/**
 * Names of errors, as the API references of the services and the AWS SDK for JavaScript have them.
 */

/**
 * The worker has no credentials: errors of the AWS SDK's own chain, before anything was sent. The
 * SDK's providers throw more than these, which `markCredentialErrors` turns into the first.
 */
export const missingCredentials: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'ProviderError',
  'TokenProviderError',
])

/**
 * The clock of the worker's host differs from that of AWS by more than minutes (`CLOCK_SKEW_ERROR_CODES`
 * of `@smithy/core`, without those that mean a bad key or a missing permission as well).
 */
export const clockDiffers: ReadonlySet<string> = new Set([
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
])

/**
 * The worker has no credentials that AWS accepts. AWS checks the signature of a request before
 * anything else, so none of these says anything about the resource ("Common errors" in the API
 * references of ECS, ECR, Elastic Load Balancing and STS, and in the S3 API reference).
 */
export const invalidCredentials: ReadonlySet<string> = new Set([
  ...missingCredentials,
  ...clockDiffers,
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidIdentityToken',
  'InvalidIdentityTokenException',
  'InvalidSignatureException',
  'InvalidToken',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
])

export const accessDenied: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'NotAuthorized',
  'UnauthorizedOperation',
])

export const conflicts: ReadonlySet<string> = new Set([
  'ConflictException',
  'UpdateInProgressException',
])

export const throttling: ReadonlySet<string> = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
])

/** ECS found the request itself wrong, and so has begun nothing. */
export const invalidRequests: ReadonlySet<string> = new Set([
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

const transient: ReadonlySet<string> = new Set([
  ...throttling,
  'InternalError',
  'InternalFailure',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServerException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TimeoutError',
])

const networkCodes: ReadonlySet<string> = new Set([
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

/** Whether the same call may succeed a little later: throttling, a time-out, a 5xx, the network. */
export function maySucceedLater({ name, status, code }: AwsError): boolean {
  return transient.has(name) || status >= 500 || status === 429 || networkCodes.has(code)
}
