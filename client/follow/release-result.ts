import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  WorkflowFailedError,
  type WorkflowHandle,
} from '@temporalio/client'
import { isOutcome, type Outcome } from '../../contract/outcome.ts'
import type { ReleaseResult } from '../../contract/releases.ts'
import { errorMessage } from '../temporal/error-message.ts'

/**
 * How a release ended, from the failure of its workflow: all outcomes but the good ones are
 * failures. A release that was terminated, or crashed, rolled nothing back: a person must.
 *
 * @throws the error itself if it is not the failure of a workflow
 */
export async function resultOfFailure(
  handle: WorkflowHandle,
  error: unknown,
): Promise<ReleaseResult> {
  if (!(error instanceof WorkflowFailedError)) throw error
  const { cause } = error
  if (cause instanceof ApplicationFailure && isOutcome(cause.type)) {
    const result: unknown = cause.details?.[0]
    if (isResult(result)) return result
    return withoutResult(handle, cause.type, cause.message)
  }
  if (cause instanceof CancelledFailure) {
    return withoutResult(handle, 'cancelled', 'Cancelled before anything was touched.')
  }
  const how = cause instanceof TerminatedFailure ? 'was terminated' : 'crashed'
  return withoutResult(
    handle,
    'rollback_failed',
    `The release ${how} (${errorMessage(error)}) and rolled nothing back: what runs now is unknown. A person is needed now.`,
  )
}

async function withoutResult(
  handle: WorkflowHandle,
  outcome: Outcome,
  message: string,
): Promise<ReleaseResult> {
  const { startTime, closeTime } = await handle.describe()
  return {
    id: handle.workflowId,
    outcome,
    message,
    services: [],
    startedAt: startTime.getTime(),
    endedAt: (closeTime ?? new Date()).getTime(),
    warnings: [],
  }
}

function isResult(value: unknown): value is ReleaseResult {
  return (
    typeof value === 'object' &&
    value !== null &&
    'outcome' in value &&
    isOutcome(String(value.outcome)) &&
    'message' in value
  )
}
