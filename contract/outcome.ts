/** How a release ends: exactly one of these, with the same meaning everywhere it is shown. */
export type Outcome =
  | 'succeeded'
  | 'unchanged'
  | 'rejected'
  | 'rolled_back'
  | 'rollback_failed'
  | 'superseded'
  | 'cancelled'

/**
 * The exit status of a command for each outcome. A command that stops waiting while its release
 * continues exits with 124, as `timeout(1)` does.
 */
export const exitStatus = {
  succeeded: 0,
  unchanged: 0,
  rejected: 2,
  rolled_back: 3,
  rollback_failed: 4,
  superseded: 5,
  cancelled: 6,
} as const satisfies Record<Outcome, number>

export const exitStatusWhenWaitingEnds = 124

export const outcomes = Object.keys(exitStatus) as readonly Outcome[]

/** Whether a string, a failure's type for instance, is one of the outcomes. */
export function isOutcome(text: string | null | undefined): text is Outcome {
  return typeof text === 'string' && Object.hasOwn(exitStatus, text)
}
