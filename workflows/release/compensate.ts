import { CancellationScope } from '@temporalio/workflow'
import type { RolloutEnd, Unproven } from '../../contract/activity-types.ts'
import type { FailureEvidence } from '../../rollout/failed-tasks.ts'
import { hasType, failureMessage, wasCancelled } from '../temporal/failure.ts'
import type { MovedTags } from './change.ts'
import { noRetry, type Retry } from './retry-on-expired-credentials.ts'
import type { ReleaseProgress } from './progress.ts'

/** Why a release stopped: what an activity found, or why a step failed. */
export interface ReleaseFailure {
  /**
   * `not started`: AWS refused to start the deployment, so that certainly nothing began.
   * `replaced`: another person's deployment took the place of ours. `cancelled`: a person cancelled
   * the release.
   */
  readonly kind: 'failed' | 'not started' | 'replaced' | 'cancelled'
  /** Name of a service, or `the release`. */
  readonly about: string
  readonly reason: string
  readonly cause: string
  readonly evidence: Partial<FailureEvidence>
}

/** The ARN of the copy that runs instead of a deregistered rollback target, by service name. */
export type Copies = Readonly<Record<string, string>>

/** The rollback of one service. */
export interface Compensation {
  readonly service: string
  readonly run: () => Promise<RolloutEnd>
}

/** How the compensation of a release ended. */
export type CompensationResult =
  /** No service was touched, and the moving tags point where they did before. */
  | { readonly kind: 'untouched'; readonly reason: string }
  /** All touched services run again what ran before. `cancelled`: because a person cancelled. */
  | {
      readonly kind: 'rolled back'
      readonly reason: string
      readonly cause: string
      readonly evidence: Partial<FailureEvidence>
      readonly cancelled: boolean
      readonly copies: Copies
    }
  /** Another person's deployment took the place of ours and was left alone. */
  | { readonly kind: 'replaced'; readonly reason: string; readonly copies: Copies }
  | {
      readonly kind: 'rollback failed'
      readonly reason: string
      readonly cause: string
      readonly evidence: Partial<FailureEvidence>
      /** Why the rollback failed, or what of it is unproven. */
      readonly rollbackFailure: string
      readonly failed: FailedPart
      readonly copies: Copies
    }

/**
 * `proof`: ECS says that all touched services are rolled back, but nobody has seen that they serve.
 * `moving tags`: only these, from which ECS starts tasks, still point at images of the release.
 */
export type FailedPart = 'services' | 'proof' | 'moving tags'

export interface CompensationInput {
  /** In the order in which the services were touched. */
  readonly compensations: readonly Compensation[]
  readonly tags: MovedTags
  /** Waits for what can pass, such as expired credentials. */
  readonly retry: Retry
}

/**
 * Rolls back all touched services in reverse order. A rollback that fails does not stop the others,
 * and none can be cancelled. The moving tags go first: in `force` mode the tasks of the rollback
 * pull them.
 */
export async function compensate(
  progress: ReleaseProgress,
  failure: ReleaseFailure,
  { compensations, tags, retry }: CompensationInput,
): Promise<CompensationResult> {
  return CancellationScope.nonCancellable(async () => {
    const { kind, about, reason, cause, evidence } = failure
    const notOurs = kind === 'replaced' || kind === 'not started'
    const touched = compensations.filter(({ service }) => !notOurs || service !== about)
    // A tag that no task pulls is not worth a wait.
    const matters = touched.length > 0 || tags.pulled
    const warnings = await tags.restore(matters ? retry : noRetry)
    progress.warn(warnings)
    if (kind === 'not started' && touched.length === 0 && warnings.length === 0) {
      return { kind: 'untouched', reason }
    }
    const ends: ServiceRollback[] = []
    for (const compensation of touched.toReversed())
      ends.push(await rollBackService(compensation, retry))
    const copies = Object.fromEntries(
      ends.flatMap(({ copy }) => (copy === undefined ? [] : [copy])),
    )
    progress.warn(ends.flatMap(({ warning }) => warning ?? []))
    // The next task that ECS starts would run an image of this release.
    const wrongTags = tags.pulled ? warnings : []
    const failures = [
      ...ends.flatMap(({ failed, unproven }) => failed ?? unproven ?? []),
      ...wrongTags,
    ]
    if (failures.length > 0) {
      return {
        kind: 'rollback failed',
        reason,
        cause,
        evidence,
        rollbackFailure: failures.join('; '),
        failed: whatFailed(ends),
        copies,
      }
    }
    if (kind === 'replaced') return { kind: 'replaced', reason, copies }
    return { kind: 'rolled back', reason, cause, evidence, cancelled: kind === 'cancelled', copies }
  })
}

function whatFailed(ends: readonly ServiceRollback[]): FailedPart {
  if (ends.some(({ failed }) => failed !== undefined)) return 'services'
  return ends.some(({ unproven }) => unproven !== undefined) ? 'proof' : 'moving tags'
}

interface ServiceRollback {
  readonly failed?: string
  /** ECS says that it is done, but nobody has seen that it serves. */
  readonly unproven?: string
  readonly warning?: string
  readonly copy?: readonly [service: string, taskDefinition: string]
}

async function rollBackService(
  { service, run }: Compensation,
  retry: Retry,
): Promise<ServiceRollback> {
  try {
    const end = await retry(run)
    if (end.kind !== 'succeeded') return { failed: `${service}: ${end.reason}` }
    return {
      ...(end.copy === undefined ? {} : { copy: [service, end.copy] }),
      ...(end.unproven === undefined ? {} : unprovenOf(service, end.unproven)),
    }
  } catch (failure) {
    return { failed: `${service}: ${failureMessage(failure)}` }
  }
}

/** That what ran before serves is what a release promises; less than that is a warning. */
function unprovenOf(service: string, { serving, text }: Unproven): ServiceRollback {
  const words = `${service}: ${text}`
  return serving ? { unproven: words } : { warning: words }
}

/** The failure of a release because a rollout did not succeed. */
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

/** The failure of a release because a step threw. */
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
  // Another person's deployment stays theirs, even if the release is cancelled at that moment.
  if (hasType(failure, 'Conflict')) return 'replaced'
  if (wasCancelled(failure)) return 'cancelled'
  return hasType(failure, 'DeploymentRefused') ? 'not started' : 'failed'
}
