import type { LedgerEntry } from '../contract/environment.ts'

/**
 * When the live revisions became live, in milliseconds since the epoch. That may be later than the
 * end of their release: another one may have run in between, until a rollback.
 */
export function liveSince({ endedAt, services }: LedgerEntry): number {
  const moments = services.flatMap(({ since }) => (since === undefined ? [] : [since.at]))
  return moments.length === 0 ? endedAt : Math.max(...moments)
}
