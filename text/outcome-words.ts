import type { Outcome } from '../contract/outcome.ts'

/** An outcome as people say it. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  succeeded: 'succeeded',
  unchanged: 'unchanged',
  rejected: 'rejected',
  rolled_back: 'rolled back',
  rollback_failed: 'rollback failed',
  superseded: 'superseded',
  cancelled: 'cancelled',
}

/** An outcome at a glance. */
export const outcomeSigns: Readonly<Record<Outcome, string>> = {
  succeeded: '✅',
  unchanged: '✅',
  superseded: '⏭️',
  cancelled: '⏹️',
  rejected: '🚫',
  rolled_back: '↩️',
  rollback_failed: '🚨',
}
