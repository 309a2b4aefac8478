import type { LedgerEntry } from './environment.ts'

/**
 * Whether the newest release that touched services ended as `rollback_failed`. What runs is unknown
 * then, so a rollback that names no target first goes to the live release, which ran before it.
 *
 * @param releases newest first
 */
export function lastRollbackFailed(releases: readonly LedgerEntry[]): boolean {
  return releases.find(mayHaveTouched)?.outcome === 'rollback_failed'
}

/** The oldest entries may have lost their services, and a terminated release never had any. */
function mayHaveTouched({ outcome, services }: LedgerEntry): boolean {
  switch (outcome) {
    case 'succeeded':
    case 'rolled_back':
    case 'rollback_failed':
      return true
    case 'superseded':
    case 'cancelled':
      return services.length > 0
    case 'unchanged':
    case 'rejected':
      return false
  }
}
