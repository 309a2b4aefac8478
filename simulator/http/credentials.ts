import { AwsError } from './types.ts'

/** Access key ids for which the simulator always fails. */
const expiredKey = 'EXPIRED'
const deniedKey = 'DENIED'

/** Throws if calls with this access key are rejected. */
export type CheckCredentials = (accessKeyId: string, service: string, operation: string) => void

/**
 * Every access key is valid except `EXPIRED` and `DENIED`, which let callers see both errors, and
 * expired temporary credentials.
 *
 * @param expiresAt - when the temporary credentials of a key expire, ms since the epoch
 */
export function checkCredentials(
  now: () => number,
  expiresAt: (accessKeyId: string) => number | undefined,
): CheckCredentials {
  return (accessKeyId, service, operation) => {
    const end = expiresAt(accessKeyId)
    if (accessKeyId === expiredKey || (end !== undefined && end <= now())) throw expired(service)
    if (accessKeyId === deniedKey) throw denied(deniedKey, service, operation)
  }
}

/** A service's error for expired credentials. */
export function expired(service: string): AwsError {
  return awsError(service, 'ExpiredToken', 'The security token included in the request is expired')
}

/** A service's error for a caller whose policies do not allow the operation. */
export function denied(who: string, service: string, operation: string): AwsError {
  const action = `${prefixes[service] ?? service.toLowerCase()}:${operation}`
  return awsError(
    service,
    'AccessDenied',
    `User: ${who} is not authorized to perform: ${action} because no identity-based policy allows the ${operation} action`,
  )
}

/** Service prefixes in IAM actions, where they differ from the lower-case name. */
const prefixes: Readonly<Record<string, string>> = { ELBv2: 'elasticloadbalancing' }

/** The query protocol names these two errors without `Exception`, JSON with it. */
function awsError(service: string, code: string, message: string): AwsError {
  return service === 'ELBv2' || service === 'STS'
    ? new AwsError(code, message, 403)
    : new AwsError(`${code}Exception`, message)
}
