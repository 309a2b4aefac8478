import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  type WorkflowFailedError,
  type WorkflowUpdateFailedError,
} from '@temporalio/client'
import { isFailureType } from '../../contract/failure-type.ts'
import { exitStatusWhenWaitingEnds, isOutcome } from '../../contract/outcome.ts'
import { UserError } from '../user-error.ts'
import { errorMessage, rootError } from './error-message.ts'

/**
 * What a failed workflow says to a person: the finding of its activity, or who ended it. `undefined`
 * for a failure that no code of Slipway throws on purpose: that is a defect.
 */
export function errorOfWorkflow(error: WorkflowFailedError): UserError | undefined {
  const root = rootError(error)
  if (root instanceof ApplicationFailure) {
    const isFinding = isFailureType(root.type) || isOutcome(root.type)
    return isFinding ? new UserError(root.message, { cause: error }) : undefined
  }
  if (root instanceof TerminatedFailure || root instanceof CancelledFailure) {
    const how = root instanceof TerminatedFailure ? 'terminated' : 'cancelled'
    return new UserError(
      `The workflow of this command was ${how} in Temporal before it had an answer (${root.message}). Run the command again.`,
      { cause: error },
    )
  }
  if (root instanceof TimeoutFailure) {
    return new UserError(
      `The workflow of this command has got no answer from the worker in time (${root.message}). Check that a worker runs in the same version as this command (slipway worker) and what it logs, and run the command again.`,
      { cause: error },
    )
  }
  return undefined
}

/**
 * The server's type for an Update that was accepted and whose workflow was closed before its end.
 * temporalio/temporal, service/history/workflow/update/abort_reason.go
 */
const closedMeanwhile = 'AcceptedUpdateCompletedWorkflow'

/** What a failed Update says: why the environment rejects it, or that nobody knows. */
export function errorOfUpdate(error: WorkflowUpdateFailedError): UserError {
  const root = rootError(error)
  if (!(root instanceof ApplicationFailure && root.type === closedMeanwhile)) {
    return new UserError(`Rejected: ${errorMessage(error)}`, { cause: error })
  }
  return new UserError(
    'The workflow of the environment was ended in Temporal while it handled the request; it may have acted on it. Check before you try again: slipway status <environment>',
    { exitStatus: exitStatusWhenWaitingEnds, cause: error },
  )
}
