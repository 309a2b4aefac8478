import type { ScheduledResult, ScheduledInput } from '../contract/schedules.ts'
import {
  ApplicationFailure,
  ParentClosePolicy,
  condition,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import { anyBuilderActivities } from './temporal/activity-proxies.ts'
import type { RequestStatus, DeployRequest, RedeployRequest } from '../contract/requests.ts'
import type { EnvironmentInput } from './environment/workflow.ts'
import { failureMessage } from './temporal/failure.ts'
import * as protocol from '../contract/messages.ts'
import { parseRequestStatus } from './environment/state/parse-signal.ts'
import { oneLine, shortCommit } from '../text/short.ts'

/** For a turn, an approval and the release. Runs of the schedule in the meantime are skipped. */
const timeLimit = '24 hours'

/**
 * One run of a schedule. It sends a request to the environment, as people do, waits for its end and
 * ends likewise: with a result, or with a failure whose type is the outcome. It changes nothing
 * itself, so that every change is admitted by the environment.
 */
export async function scheduled(input: ScheduledInput): Promise<ScheduledResult> {
  let requestStatus = undefined as RequestStatus | undefined
  setHandler(protocol.requestStatusSignal, (body: unknown) => {
    const received = parseRequestStatus(body)
    if (received === undefined) return
    // The signal that it ended may overtake the one that it was admitted.
    if (requestStatus?.kind === 'ended' && received.kind === 'admitted') return
    requestStatus = received
    setCurrentDetails('message' in received ? received.message : received.reason)
  })
  const request = await requestOf(input)
  await send(input, request)
  const summary = `time limit for ${protocol.environmentWorkflowId(input.spec.environment)}`
  await condition(() => isFinal(requestStatus), timeLimit, { summary: oneLine(summary) })
  return resultOf(requestStatus)
}

function isFinal(requestStatus: RequestStatus | undefined): boolean {
  return requestStatus?.kind === 'rejected' || requestStatus?.kind === 'ended'
}

async function requestOf(input: ScheduledInput): Promise<DeployRequest | RedeployRequest> {
  const { name, spec, what } = input
  const requestedBy = `schedule ${name} of ${input.requestedBy}`
  if (what.kind === 'redeploy') return { kind: 'redeploy', spec, requestedBy }
  const { branch } = what
  const { repository } = spec
  const builder = anyBuilderActivities(
    spec,
    `find the newest commit of ${branch ?? 'the default branch'}`,
  )
  const head = await builder
    .findBranch({ repository, ...(branch === undefined ? {} : { branch }) })
    .catch((failure: unknown) => {
      throw ApplicationFailure.nonRetryable(failureMessage(failure), 'rejected')
    })
  const rebuild = workflowInfo()
    .startTime.toISOString()
    .replaceAll(/[-:]|\.\d+/g, '')
  setCurrentDetails(`Requests a release of ${shortCommit(head.commit)} with new images.`)
  return { kind: 'deploy', spec, requestedBy, ...head, rebuild }
}

/** A workflow cannot use Update-with-start: this one signals, and starts the environment if needed. */
async function send(
  { spec: { environment, project, taskQueues } }: ScheduledInput,
  request: DeployRequest | RedeployRequest,
): Promise<void> {
  const workflowId = protocol.environmentWorkflowId(environment)
  const { workflowId: me, runId } = workflowInfo()
  const signal = () =>
    getExternalWorkflowHandle(workflowId).signal(protocol.releaseSignal, {
      ...request,
      replyTo: { workflowId: me, runId },
    })
  try {
    return await signal()
  } catch {
    // The environment has not been started yet.
  }
  try {
    await startChild<(start: EnvironmentInput) => Promise<never>>(protocol.environmentWorkflow, {
      workflowId,
      args: [{ environment, project, taskQueue: taskQueues.release }],
      taskQueue: taskQueues.release,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `${project} ${environment}`,
    })
  } catch {
    // Another client has started it in the meantime.
  }
  try {
    await signal()
  } catch (failure) {
    const message = `could not send the request to ${workflowId}: ${failureMessage(failure)}`
    throw ApplicationFailure.nonRetryable(message, 'rejected')
  }
}

function resultOf(requestStatus: RequestStatus | undefined): ScheduledResult {
  switch (requestStatus?.kind) {
    case undefined:
      throw ApplicationFailure.nonRetryable(
        `The environment did not answer within ${timeLimit}.`,
        'timed_out',
      )
    case 'admitted':
      throw ApplicationFailure.nonRetryable(
        `${requestStatus.releaseId} has not ended after ${timeLimit}: it still waits or runs.`,
        'timed_out',
      )
    case 'rejected':
      if (requestStatus.retryable)
        return { outcome: 'skipped', message: `Skipped: ${requestStatus.reason}` }
      throw ApplicationFailure.nonRetryable(requestStatus.reason, 'rejected')
    case 'ended': {
      const { releaseId: release, outcome, message } = requestStatus
      if (outcome === 'succeeded' || outcome === 'unchanged' || outcome === 'superseded') {
        return { outcome, message, release }
      }
      throw ApplicationFailure.nonRetryable(message, outcome, { release })
    }
  }
}
