import { ApplicationFailure } from '@temporalio/common'
import type { FailureType } from '../../contract/activities.ts'

/**
 * A failure that no retry mends. The message says what was found, what was expected and what to
 * do next; it must not hold a secret, since it stays in the workflow's history.
 */
export function failure(
  type: Exclude<FailureType, 'Unavailable' | 'WorkerShutdown'>,
  message: string,
) {
  return ApplicationFailure.create({ type, message, nonRetryable: true })
}

/** A failure that may pass: the activity is tried again under its retry policy. */
export function unavailable(message: string) {
  return ApplicationFailure.create({ type: 'Unavailable', message, nonRetryable: false })
}

/** One failure for several findings, so that a person mends them all at once. */
export function rejection(findings: readonly string[]) {
  const [only] = findings
  if (findings.length === 1 && only !== undefined) return failure('PreconditionFailed', only)
  const list = findings.map((finding) => `- ${finding}`).join('\n')
  return failure('PreconditionFailed', `${findings.length} things are in the way:\n${list}`)
}
