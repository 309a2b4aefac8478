import { AwsError } from './types.ts'

/** Access key ids that the simulator treats as something other than valid. */
const expiredKey = 'EXPIRED'
const deniedKey = 'DENIED'

/** Refuses a call of this access key, or gives nothing. */
export type CheckCredentials = (accessKeyId: string, service: string, operation: string) => void

/**
 * Every access key is good, but for two that let one try what happens with bad ones: `EXPIRED`
 * and `DENIED`; and but for temporary ones past their time, of which `expiresAt` knows.
 *
 * @param expiresAt - when the temporary credentials of that key end, ms since the epoch
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

/** What a service answers to credentials that are past their time. */
export function expired(service: string): AwsError {
  return awsError(service, 'ExpiredToken', 'The security token included in the request is expired')
}

/** What a service answers to somebody whom no policy allows the operation. */
export function denied(who: string, service: string, operation: string): AwsError {
  const action = `${prefixes[service] ?? service.toLowerCase()}:${operation}`
  return awsError(
    service,
    'AccessDenied',
    `User: ${who} is not authorized to perform: ${action} because no identity-based policy allows the ${operation} action`,
  )
}

/** How IAM names the services. */
const prefixes: Readonly<Record<string, string>> = { ELBv2: 'elasticloadbalancing' }

/** Services of the query protocol have other names for these two than those of JSON. */
function awsError(service: string, code: string, message: string): AwsError {
  return service === 'ELBv2' || service === 'STS'
    ? new AwsError(code, message, 403)
    : new AwsError(`${code}Exception`, message)
}
