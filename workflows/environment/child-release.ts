import {
  ApplicationFailure,
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  isCancellation,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import { isOutcome } from '../../contract/outcome.ts'
import { causeOf, failureMessage } from '../temporal/failure.ts'
import { releaseWorkflow } from '../../contract/messages.ts'
import * as attributes from '../../contract/search-attributes.ts'
import type { ReleaseInput, ReleaseMemo, ReleaseResult } from '../../contract/releases.ts'
import type { LedgerEntry, RunningRelease } from '../../contract/environment.ts'
import type { ReleaseRequest } from '../../contract/requests.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { firstThatFit } from '../../contract/size.ts'
import { oneLine, releaseSummary } from '../../text/short.ts'
import { referenceOf } from '../release-reference.ts'

type Started =
  | { readonly kind: 'started'; readonly runId: string; readonly end: Promise<ReleaseResult> }
  | { readonly kind: 'not started'; readonly reason: string }

/** Starts a release as a child that outlives its parent: a rollback must not be cut short. */
export async function startRelease(input: ReleaseInput): Promise<Started> {
  const { id, request, commit } = input
  const { spec } = request
  const summary = releaseSummary(request, commit)
  try {
    const child = await startChild<(input: ReleaseInput) => Promise<ReleaseResult>>(
      releaseWorkflow,
      {
        workflowId: id,
        args: [input],
        taskQueue: workflowInfo().taskQueue,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        staticSummary: summary,
        memo: { ...memoOf(request) },
        typedSearchAttributes: [
          { key: attributes.summaryKey, value: summary },
          { key: attributes.projectKey, value: spec.project },
          { key: attributes.environmentKey, value: spec.environment },
          { key: attributes.servicesKey, value: serviceNames(spec) },
          { key: attributes.requestedByKey, value: oneLine(request.requestedBy) },
          ...(commit === undefined ? [] : [{ key: attributes.commitKey, value: commit }]),
        ],
      },
    )
    return { kind: 'started', runId: child.firstExecutionRunId, end: child.result() }
  } catch (failure) {
    return { kind: 'not started', reason: `${id} did not start: ${failureMessage(failure)}` }
  }
}

/** The server limits the value of a search attribute to 2,048 bytes, and fails the workflow beyond. */
function serviceNames({ services }: EnvironmentSpec): string[] {
  return [
    ...firstThatFit(
      services.map(({ name }) => name),
      1_900,
    ),
  ]
}

function memoOf(request: ReleaseRequest): ReleaseMemo {
  const committedAt = request.kind === 'deploy' ? request.committedAt : undefined
  return { kind: request.kind, ...(committedAt === undefined ? {} : { committedAt }) }
}

/** Waits for a release to end, and returns its entry in the ledger. */
export async function entryOf(
  input: ReleaseInput,
  startedAt: number,
  end: Promise<ReleaseResult>,
): Promise<LedgerEntry> {
  const result = await resultOf(end)
  return {
    ...referenceOf(input),
    startedAt,
    endedAt: Date.now(),
    outcome: result.outcome,
    message: result.message,
    ...(result.cause === undefined ? {} : { cause: result.cause }),
    services: result.services ?? [],
  }
}

type Known = Pick<ReleaseResult, 'outcome' | 'message' | 'cause'> & Partial<ReleaseResult>

async function resultOf(end: Promise<ReleaseResult>): Promise<Known> {
  try {
    return await end
  } catch (failure) {
    const cause = causeOf(failure)
    if (cause instanceof ApplicationFailure && isOutcome(cause.type)) {
      return cause.details?.[0] as ReleaseResult
    }
    if (isCancellation(failure)) {
      return { outcome: 'cancelled', message: 'Cancelled before anything was touched.' }
    }
    // Terminated, or failed by a defect: nothing was rolled back.
    const message = `The release ended without an outcome (${failureMessage(failure)}): what runs is unknown. A person must act now.`
    return { outcome: 'rollback_failed', message }
  }
}

/** A release that has just started, as the status shows it. */
export function runningOf(input: ReleaseInput, startedAt: number): RunningRelease {
  return { ...referenceOf(input), startedAt }
}
