import { randomBytes } from 'node:crypto'

export type TokenState = 'valid' | 'expired' | 'unknown'

export interface Token {
  readonly password: string
  readonly expiresAt: Date
}

export interface Tokens {
  /** @param region absent: for the registries of every region */
  issue(region?: string): Token
  /** @param region of the registry to log in to; absent: any */
  check(password: string, region?: string): TokenState
}

/**
 * The passwords of the registry's user `AWS`. ECR's are valid for twelve hours, and for the
 * registries of one region, whatever their account.
 *
 * @param lifetimeMs - how long a token is valid
 */
export function createTokens(now: () => number, lifetimeMs = 12 * 60 * 60 * 1000): Tokens {
  const issued = new Map<string, { readonly end: number; readonly region: string | undefined }>()
  return {
    issue(region) {
      const password = randomBytes(48).toString('base64url')
      const end = now() + lifetimeMs
      issued.set(password, { end, region })
      return { password, expiresAt: new Date(end) }
    },
    check(password, region) {
      const token = issued.get(password)
      const elsewhere = token?.region !== undefined && region !== undefined
      if (token === undefined || (elsewhere && token.region !== region)) return 'unknown'
      return now() < token.end ? 'valid' : 'expired'
    },
  }
}
