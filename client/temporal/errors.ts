import {
  NamespaceNotFoundError,
  QueryNotRegisteredError,
  ScheduleNotFoundError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import { ValueError } from '@temporalio/common'
import { exitStatusWhenWaitingEnds } from '../../contract/outcome.ts'
import { UserError } from '../user-error.ts'
import { errorMessage, rootError } from './error-message.ts'
import { errorOfUpdate, errorOfWorkflow } from './failed-work.ts'
import { grpc, grpcStatus } from './grpc-status.ts'

/**
 * A {@link UserError} for an error that a person can act on; any other error as it is: that is a
 * defect, and its stack trace is needed.
 */
export function asUserError(error: unknown): unknown {
  if (error instanceof UserError) return error
  if (error instanceof WorkflowUpdateFailedError) return errorOfUpdate(error)
  if (error instanceof WorkflowFailedError) return errorOfWorkflow(error) ?? error
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return new UserError(
      'The environment received the request but did not answer in time; it may still act on it. Check with: slipway status <environment>',
      { exitStatus: exitStatusWhenWaitingEnds, cause: error },
    )
  }
  const message = messageFor(error)
  return message === undefined ? error : new UserError(message, { cause: error })
}

function messageFor(error: unknown): string | undefined {
  if (error instanceof WorkflowNotFoundError) {
    return `Temporal knows no workflow "${error.workflowId}" in this namespace, or it has ended (${error.message}). Check TEMPORAL_NAMESPACE, and try again.`
  }
  if (error instanceof NamespaceNotFoundError) {
    return `Temporal has no namespace "${error.namespace}" here. Check TEMPORAL_NAMESPACE and TEMPORAL_ADDRESS.`
  }
  if (error instanceof ScheduleNotFoundError) {
    return `Temporal has no schedule "${error.scheduleId}" any more: it was deleted meanwhile. Create it again: slipway schedule create`
  }
  if (error instanceof QueryNotRegisteredError) {
    return `The worker could not answer (${error.message}). Expected a worker in the same version as this command: compare with slipway --version, and upgrade the older of the two.`
  }
  if (rootError(error) instanceof ValueError) {
    return `Temporal's answer cannot be read (${errorMessage(error)}). Expected JSON without encryption: check that only Slipway's own workers serve its task queues, and without a payload codec.`
  }
  const status = grpcStatus(error)
  if (status === undefined) return undefined
  const answer = errorMessage(error).replace(/\.$/, '')
  const nextStep = lacksSearchAttributes(error) ? setUpFirst : nextSteps[status]
  return `Temporal answered: ${answer}. ${nextStep ?? nextSteps[grpc.unavailable]}`
}

/** As the server says of a list filter, and of a schedule that is to have one. */
function lacksSearchAttributes(error: unknown): boolean {
  return (
    grpcStatus(error) === grpc.invalidArgument && /search ?attribute/i.test(errorMessage(error))
  )
}

const setUpFirst = 'Create the search attributes of Slipway first: slipway setup'

const checkAccess = 'Check TEMPORAL_API_KEY or the client certificate, and TEMPORAL_NAMESPACE.'
const checkServer = 'Check TEMPORAL_ADDRESS and that the server is up, then try again.'

/** What to do, by the status of the answer. */
const nextSteps: Readonly<Record<number, string>> = {
  [grpc.denied]: checkAccess,
  [grpc.unauthenticated]: checkAccess,
  [grpc.notFound]: 'Check TEMPORAL_NAMESPACE.',
  [grpc.unavailable]: checkServer,
  [grpc.deadline]: checkServer,
  [grpc.unimplemented]: 'The server may be too old for this.',
  [grpc.exhausted]:
    'It limits how much and how often programs may ask: wait a minute and try again. If it says so always, raise the limit of the namespace.',
  [grpc.invalidArgument]:
    'It does not accept this request: correct what it names, in slipway.yaml or in an option, and try again.',
  [grpc.failedPrecondition]:
    'Check that a worker runs (slipway worker) and what it logs, then try again.',
}
