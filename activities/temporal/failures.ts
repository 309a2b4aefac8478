import { ApplicationFailure } from '@temporalio/common'
import type { FailureType } from '../../contract/failure-type.ts'

/**
 * A failure that a retry cannot fix. The message says what was found, what was expected and what to
 * do next. It must not contain a secret, since it stays in the workflow's history.
 */
export function failure(
  type: Exclude<FailureType, 'Unavailable' | 'WorkerShutdown'>,
  message: string,
) {
  return ApplicationFailure.create({ type, message, nonRetryable: true })
}

/** A transient failure: Temporal retries the activity under its retry policy. */
export function unavailable(message: string) {
  return ApplicationFailure.create({ type: 'Unavailable', message, nonRetryable: false })
}

/** One failure for all findings, so that a person can fix them all at once. */
export function rejection(findings: readonly string[]) {
  const [first] = findings
  if (findings.length === 1 && first !== undefined) return failure('PreconditionFailed', first)
  const list = findings.map((finding) => `- ${finding}`).join('\n')
  return failure(
    'PreconditionFailed',
    `Found ${findings.length} problems. Fix all of them and try again:\n${list}`,
  )
}
