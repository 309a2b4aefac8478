import { randomBytes } from 'node:crypto'

export type TokenState = 'valid' | 'expired' | 'unknown'

export interface Token {
  readonly password: string
  readonly expiresAt: Date
}

export interface Tokens {
  issue(): Token
  check(password: string): TokenState
}

/**
 * The passwords of the registry's user `AWS`. ECR's are valid for twelve hours.
 *
 * @param lifetimeMs - how long a token is valid
 */
export function createTokens(now: () => number, lifetimeMs = 12 * 60 * 60 * 1000): Tokens {
  const ends = new Map<string, number>()
  return {
    issue() {
      const password = randomBytes(48).toString('base64url')
      const end = now() + lifetimeMs
      ends.set(password, end)
      return { password, expiresAt: new Date(end) }
    },
    check(password) {
      const end = ends.get(password)
      if (end === undefined) return 'unknown'
      return now() < end ? 'valid' : 'expired'
    },
  }
}
