import { AwsError } from '../http/types.ts'

/** The claims of a web identity token that STS returns. */
export interface WebIdentity {
  readonly issuer: string
  readonly subject: string
  readonly audience: string
}

/**
 * Reads a JSON Web Token such as CI systems issue. Its format and expiry are checked, its signature
 * is not.
 *
 * Fails with `InvalidIdentityToken` or `ExpiredTokenException`, as STS does.
 */
export function readWebIdentity(token: string, now: number): WebIdentity {
  const claims = readClaims(token)
  const { iss, sub, aud, exp } = claims
  if (typeof iss !== 'string' || typeof sub !== 'string')
    throw new AwsError('InvalidIdentityToken', 'Missing a required claim: iss, sub')
  if (typeof exp === 'number' && exp * 1000 <= now)
    throw new AwsError(
      'ExpiredTokenException',
      `Token expired: current date/time ${Math.floor(now / 1000)} must be before the expiration date/time ${exp}`,
    )
  const audience: unknown = Array.isArray(aud) ? aud[0] : aud
  return { issuer: iss, subject: sub, audience: typeof audience === 'string' ? audience : '' }
}

function readClaims(token: string): Readonly<Record<string, unknown>> {
  const parts = token.split('.')
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'))
    if (parts.length === 3 && typeof claims === 'object' && claims !== null)
      return claims as Readonly<Record<string, unknown>>
  } catch {
    // Reported below.
  }
  throw new AwsError(
    'InvalidIdentityToken',
    'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  )
}
