import type { Tokens } from './tokens.ts'

export type Login =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'rejected'
      readonly status: 401 | 403
      readonly code: 'UNAUTHORIZED' | 'DENIED'
      readonly message: string
    }

/**
 * Checks HTTP Basic credentials as ECR's registry does: the user is `AWS`, the password a token.
 *
 * @param region of the registry; undefined for the login alone
 */
export function checkLogin(
  authorization: string | undefined,
  tokens: Tokens,
  region: string | undefined,
): Login {
  const encoded = /^Basic\s+(\S+)$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return rejected('no basic auth credentials')
  const [user, ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  const state = user === 'AWS' ? tokens.check(rest.join(':'), region) : 'unknown'
  if (state === 'valid') return { kind: 'accepted' }
  if (state === 'unknown') return rejected('Your Authorization Token is invalid.')
  return {
    kind: 'rejected',
    status: 403,
    code: 'DENIED',
    message: 'Your authorization token has expired. Reauthenticate and try again.',
  }
}

function rejected(message: string): Login {
  return { kind: 'rejected', status: 401, code: 'UNAUTHORIZED', message }
}
