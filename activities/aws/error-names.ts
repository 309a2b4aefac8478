import type { AwsError } from './read-error.ts'

/**
 * Names of errors, as the API references of the services and the AWS SDK for JavaScript have them.
 */

/** The credentials were good and have expired. */
export const expiredCredentials: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
])

export const invalidCredentials: ReadonlySet<string> = new Set([
  ...expiredCredentials,
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
