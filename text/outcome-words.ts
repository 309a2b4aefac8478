import type { Outcome } from '../contract/outcome.ts'

/** Each outcome in words. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  succeeded: 'succeeded',
  unchanged: 'unchanged',
  rejected: 'rejected',
  rolled_back: 'rolled back',
  rollback_failed: 'rollback failed',
  superseded: 'superseded',
  cancelled: 'cancelled',
}

/** Each outcome as an emoji. */
export const outcomeSigns: Readonly<Record<Outcome, string>> = {
  succeeded: '✅',
  unchanged: '✅',
  superseded: '⏭️',
  cancelled: '⏹️',
  rejected: '🚫',
  rolled_back: '↩️',
  rollback_failed: '🚨',
}
