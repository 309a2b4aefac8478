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

/** For a turn, an approval and the release itself; the next runs are skipped meanwhile. */
const patience = '24 hours'

/**
 * One run of a schedule. It asks the environment as everybody does, waits for what becomes of it
 * and ends alike: as that result, or as a failure whose type is the outcome. It touches nothing
 * itself, so that the environment stays the only door.
 */
export async function scheduled(input: ScheduledInput): Promise<ScheduledResult> {
  let requestStatus = undefined as RequestStatus | undefined
  setHandler(protocol.requestStatusSignal, (body: unknown) => {
    const news = parseRequestStatus(body)
    if (news === undefined) return
    // The end may overtake the news that it began.
    if (requestStatus?.kind === 'ended' && news.kind === 'admitted') return
    requestStatus = news
    setCurrentDetails('message' in news ? news.message : news.reason)
  })
  const request = await requestOf(input)
  await ask(input, request)
  const summary = `${protocol.environmentWorkflowId(input.spec.environment)} may take so long`
  await condition(() => isFinal(requestStatus), patience, { summary: oneLine(summary) })
  return endOf(requestStatus)
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
  const builder = anyBuilderActivities(spec, `look what ${branch ?? 'the default branch'} is at`)
  const head = await builder
    .findBranch({ repository, ...(branch === undefined ? {} : { branch }) })
    .catch((failure: unknown) => {
      throw ApplicationFailure.nonRetryable(failureMessage(failure), 'rejected')
    })
  const rebuild = workflowInfo()
    .startTime.toISOString()
    .replaceAll(/[-:]|\.\d+/g, '')
  setCurrentDetails(`Asking for ${shortCommit(head.commit)}, built anew.`)
  return { kind: 'deploy', spec, requestedBy, ...head, rebuild }
}

/** A workflow can send no Update with start: it signals, and starts where nobody has yet. */
async function ask(
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
    // Nobody has asked for anything there yet.
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
    // Somebody else has meanwhile.
  }
  try {
    await signal()
  } catch (failure) {
    const message = `${workflowId} could not be asked: ${failureMessage(failure)}`
    throw ApplicationFailure.nonRetryable(message, 'rejected')
  }
}

function endOf(requestStatus: RequestStatus | undefined): ScheduledResult {
  switch (requestStatus?.kind) {
    case undefined:
      throw ApplicationFailure.nonRetryable(
        `The environment did not answer within ${patience}.`,
        'timed_out',
      )
    case 'admitted':
      throw ApplicationFailure.nonRetryable(
        `${requestStatus.releaseId} has not ended after ${patience}: it still waits or runs.`,
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
