import type { LedgerEntry } from '../contract/environment.ts'

/**
 * Since when what is live runs, in milliseconds since the epoch. Not the end of its release:
 * something else may have run in between, until somebody went back.
 */
export function liveSince({ endedAt, services }: LedgerEntry): number {
  const moments = services.flatMap(({ since }) => (since === undefined ? [] : [since.at]))
  return moments.length === 0 ? endedAt : Math.max(...moments)
}
