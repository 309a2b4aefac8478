import { CancellationScope } from '@temporalio/workflow'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import type { FailureEvidence } from '../../rollout/failed-tasks.ts'
import { hasType, failureMessage, wasCancelled } from '../temporal/failure.ts'
import type { MovedTags } from './change.ts'
import { noRetry, type Retry } from './retry-on-expired-credentials.ts'
import type { ReleaseProgress } from './progress.ts'

/** Why a rollout stops: what the activity saw, or what went wrong on the way. */
export interface ReleaseFailure {
  /**
   * `refused`: AWS would not start the deployment of that service, which certainly began nothing.
   * `replaced`: somebody else's deployment took the place of ours. `cancelled`: a person asked.
   */
  readonly kind: 'failed' | 'not started' | 'replaced' | 'cancelled'
  /** Name of a service, or `the release`. */
  readonly about: string
  readonly reason: string
  readonly cause: string
  readonly evidence: Partial<FailureEvidence>
}

/** Of services whose way back was deregistered meanwhile: the ARN of the copy that runs, by name. */
export type Copies = Readonly<Record<string, string>>

/** How one service is brought back. */
export interface Compensation {
  readonly service: string
  readonly run: () => Promise<RolloutEnd>
}

/** What became of what a release had touched when it stopped. */
export type CompensationResult =
  /** No service was touched, and the moving tags point where they did. */
  | { readonly kind: 'untouched'; readonly reason: string }
  /** Everything touched runs again what ran before. `cancelled`: because a person asked. */
  | {
      readonly kind: 'rolled back'
      readonly reason: string
      readonly cause: string
      readonly evidence: Partial<FailureEvidence>
      readonly cancelled: boolean
      readonly copies: Copies
    }
  /** Somebody else's deployment took the place of ours; that service was left to them. */
  | { readonly kind: 'replaced'; readonly reason: string; readonly copies: Copies }
  | {
      readonly kind: 'rollback failed'
      readonly reason: string
      readonly cause: string
      readonly evidence: Partial<FailureEvidence>
      readonly rollbackTarget: string
      readonly copies: Copies
    }

export interface CompensationInput {
  /** In the order in which the services were touched. */
  readonly compensations: readonly Compensation[]
  readonly tags: MovedTags
  /** Goes on once what can be waited for has passed. */
  readonly retry: Retry
}

/**
 * In reverse, going on past one that fails, and not to be cancelled. The moving tags go first,
 * out of order: in `force` mode they are what the tasks of the way back will pull.
 */
export async function compensate(
  record: ReleaseProgress,
  trouble: ReleaseFailure,
  { compensations, tags, retry }: CompensationInput,
): Promise<CompensationResult> {
  return CancellationScope.nonCancellable(async () => {
    const { kind, about, reason, cause, evidence } = trouble
    const notOurs = kind === 'replaced' || kind === 'not started'
    const touched = compensations.filter(({ service }) => !notOurs || service !== about)
    // A tag that nothing is started from is not worth a wait.
    const matters = touched.length > 0 || tags.pulled
    const left = await tags.moveBack(matters ? retry : noRetry)
    record.warn(left)
    if (kind === 'not started' && touched.length === 0) {
      if (left.length === 0) return { kind: 'untouched', reason }
      // The next task that ECS starts would run what nobody has tried.
      if (tags.pulled)
        return {
          kind: 'rollback failed',
          reason,
          cause,
          evidence,
          rollbackTarget: left.join('; '),
          copies: {},
        }
    }
    const ends: RollbackSummary[] = []
    for (const compensation of touched.toReversed())
      ends.push(await rollBackAll(compensation, retry))
    const copies = Object.fromEntries(
      ends.flatMap(({ copy }) => (copy === undefined ? [] : [copy])),
    )
    const failures = ends.flatMap(({ failed }) => failed ?? [])
    if (failures.length > 0) {
      return {
        kind: 'rollback failed',
        reason,
        cause,
        evidence,
        rollbackTarget: failures.join('; '),
        copies,
      }
    }
    if (kind === 'replaced') return { kind: 'replaced', reason, copies }
    return { kind: 'rolled back', reason, cause, evidence, cancelled: kind === 'cancelled', copies }
  })
}

interface RollbackSummary {
  readonly failed?: string
  readonly copy?: readonly [service: string, taskDefinition: string]
}

async function rollBackAll(
  { service, run }: Compensation,
  outlasting: Retry,
): Promise<RollbackSummary> {
  try {
    const end = await outlasting(run)
    if (end.kind !== 'succeeded') return { failed: `${service}: ${end.reason}` }
    return end.copy === undefined ? {} : { copy: [service, end.copy] }
  } catch (failure) {
    return { failed: `${service}: ${failureMessage(failure)}` }
  }
}

/** What a rollout that did not succeed means for the release. */
export function failureOf(
  about: string,
  end: Exclude<RolloutEnd, { kind: 'succeeded' }>,
): ReleaseFailure {
  const { failedTasks, unhealthyTargets } = end
  return {
    kind: end.kind === 'replaced' ? 'replaced' : 'failed',
    about,
    reason: `${about}: ${end.reason}`,
    cause: end.cause,
    evidence: {
      ...(failedTasks === undefined ? {} : { failedTasks }),
      ...(unhealthyTargets === undefined ? {} : { unhealthyTargets }),
    },
  }
}

/** What it means that a step failed. */
export function failureFrom(about: string, failure: unknown): ReleaseFailure {
  return {
    kind: kindOf(failure),
    about,
    reason: `${about}: ${failureMessage(failure)}`,
    cause: '',
    evidence: {},
  }
}

function kindOf(failure: unknown): ReleaseFailure['kind'] {
  // What is somebody else's stays theirs, also where a person stops the release at that moment.
  if (hasType(failure, 'Conflict')) return 'replaced'
  if (wasCancelled(failure)) return 'cancelled'
  return hasType(failure, 'DeploymentRefused') ? 'not started' : 'failed'
}
