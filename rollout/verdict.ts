import {
  primaryOf,
  type ObservedDeployment,
  type ObservedServiceDeployment,
  type Observation,
} from './observation.ts'
import { type Expectation } from './expectation.ts'
import type { EcsReason, Gap } from './gap.ts'
import { isAllThere, isFarFromItsEnd, progressOf, type Progress } from './progress.ts'
import { deploymentOf, reasonOf, recordMadeWith, recordOf } from './record.ts'
import { wantedCount, whatIsMissing } from './serving.ts'
import { isCompleted, isSpent, wasRolledBack } from './was-rolled-back.ts'

export type Verdict =
  | { readonly kind: 'progressing'; readonly progress: Progress; readonly nearEnd: boolean }
  | {
      readonly kind: 'succeeded'
      readonly basis: 'service deployment' | 'deployments'
      readonly running: number
      readonly wanted: number
      /** Absent where no load balancer is attached. */
      readonly healthyTargets?: number
    }
  | { readonly kind: 'rolled_back'; readonly reason: EcsReason }
  | { readonly kind: 'failed'; readonly cause: FailureCause }
  | {
      readonly kind: 'replaced'
      /** The deployment that took the place of ours. */
      readonly by: { readonly id: string; readonly taskDefinition: string }
      /** What ours had come to before that. */
      readonly after?: 'success' | 'rollback'
      /** Why ECS stopped ours, where it did. */
      readonly stopped?: EcsReason
    }

export type FailureCause =
  | { readonly kind: 'service not active'; readonly status: string }
  | {
      readonly kind: 'rollback failed' | 'stopped' | 'deployment failed'
      readonly reason: EcsReason
    }

/**
 * What an observation means for the deployment we wait for.
 *
 * The service deployment record decides where there is one: "steady state" alone is also reached
 * by a rollout that ECS took back. Without records (an endpoint that lacks them, a rollback,
 * which makes none of its own) `deployments[]` decides, and the evidence is named as weaker.
 *
 * Never `succeeded` unless our digests are all that serves, nor `rolled_back` unless what ran
 * before is; what AWS leaves out of an answer proves nothing. A final verdict stays, until somebody
 * else's deployment takes the place of ours.
 */
export function judge(observation: Observation, expected: Expectation): Verdict {
  const { status } = observation.service
  if (status === '') {
    return waiting(observation, expected, { gap: { kind: 'unsaid', fields: ['status'] } })
  }
  if (status !== 'ACTIVE') {
    return { kind: 'failed', cause: { kind: 'service not active', status } }
  }
  const primary = primaryOf(observation)
  if (primary === undefined) {
    return waiting(observation, expected, { gap: { kind: 'no primary' } })
  }
  const looked: JudgedDeployment = { observation, expected, primary }
  const record = recordOf(observation, expected)
  return record === undefined ? judgeByDeployments(looked) : judgeByRecord(looked, record)
}

interface JudgedDeployment {
  readonly observation: Observation
  readonly expected: Expectation
  readonly primary: ObservedDeployment
}

function judgeByRecord(looked: JudgedDeployment, record: ObservedServiceDeployment): Verdict {
  const { observation, expected, primary } = looked
  const { status } = record
  if (hasOwnRecord(looked, record)) return replaced(primary, wasOver.get(status))
  switch (status) {
    case 'SUCCESSFUL':
      return judgeSuccessful(looked, record)
    case 'ROLLBACK_SUCCESSFUL':
      return judgeRolledBack(looked, record)
    case 'ROLLBACK_FAILED':
      return { kind: 'failed', cause: { kind: 'rollback failed', reason: reasonOf(record) } }
    case 'STOP_REQUESTED':
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS': {
      const isStopping = status === 'STOP_REQUESTED'
      const kind = isStopping ? 'ECS is stopping' : 'ECS is rolling back'
      return waiting(observation, expected, {
        gap: { kind, reason: reasonOf(record) },
        nearEnd: isStopping || isAlmostBack(looked),
      })
    }
    case 'STOPPED':
      return primary.id === expected.deploymentId
        ? { kind: 'failed', cause: { kind: 'stopped', reason: reasonOf(record) } }
        : { ...replaced(primary), stopped: reasonOf(record) }
    default:
      return judgeUnderWay(looked, record)
  }
}

const wasOver: ReadonlyMap<string, 'success' | 'rollback'> = new Map([
  ['SUCCESSFUL', 'success'],
  ['ROLLBACK_SUCCESSFUL', 'rollback'],
])

/** Whether the PRIMARY is a deployment that somebody asked for after ours: ECS's own have no record. */
function hasOwnRecord(
  { observation, expected, primary }: JudgedDeployment,
  record?: ObservedServiceDeployment,
): boolean {
  if (primary.id === expected.deploymentId) return false
  if (primary.id === expected.before?.deploymentId) return false
  const its = recordMadeWith(observation.serviceDeployments, primary)
  if (its === undefined || record === undefined) return its !== undefined
  return its.arn !== record.arn && its.createdAt >= record.createdAt
}

function judgeSuccessful(looked: JudgedDeployment, record: ObservedServiceDeployment): Verdict {
  const { observation, expected, primary } = looked
  if (primary.id !== expected.deploymentId) return replaced(primary, 'success')
  // Blue's own record says so while ECS is still on its way back to it.
  const gap =
    whatIsMissing(observation, expected, record.targetDigests) ??
    (primary.rolloutState === 'IN_PROGRESS' ? ({ kind: 'ECS not done' } as const) : undefined)
  return gap === undefined
    ? succeeded(observation, 'service deployment')
    : waiting(observation, expected, { gap, record, nearEnd: true })
}

function judgeRolledBack(looked: JudgedDeployment, record: ObservedServiceDeployment): Verdict {
  const { observation, expected, primary } = looked
  const to = record.rollbackTaskDefinition || expected.before?.taskDefinition
  const reason = reasonOf(record)
  if (primary.id === expected.deploymentId) {
    const gap = { kind: 'rollback target unsaid', reason } as const
    return waiting(observation, expected, { gap, nearEnd: true })
  }
  if (to !== undefined && to !== primary.taskDefinition) {
    return replaced(primary, 'rollback')
  }
  const rest = gapBefore(looked, record.rollbackDigests)
  if (rest === undefined) return { kind: 'rolled_back', reason }
  const gap = { kind: 'rollback not complete', reason, rest } as const
  return waiting(observation, expected, { gap, nearEnd: true })
}

/** What keeps the deployment that ECS went back to from being all that serves. */
function gapBefore(
  { observation, expected, primary }: JudgedDeployment,
  resolved: Expectation['digests'],
): Gap | undefined {
  if (primary.rolloutState === 'FAILED') return { kind: 'previous deployment failed' }
  const { id: deploymentId, taskDefinition } = primary
  const digests = Object.keys(resolved).length > 0 ? resolved : (expected.before?.digests ?? {})
  const back = {
    taskDefinition,
    deploymentId,
    digests,
    ...continuedDeployment(observation, expected.before),
  }
  return whatIsMissing(observation, back, resolved)
}

/** In two colours blue runs on while green comes and goes; a rolling deployment replaces its tasks. */
export function continuedDeployment(
  { service }: Pick<Observation, 'service'>,
  before: { readonly deploymentId?: string } | undefined,
): Pick<Expectation, 'continues'> {
  const { deploymentId } = before ?? {}
  return service.strategy === 'ROLLING' || deploymentId === undefined
    ? {}
    : { continues: deploymentId }
}

function judgeUnderWay(looked: JudgedDeployment, record: ObservedServiceDeployment): Verdict {
  const { observation, expected, primary } = looked
  const ours = deploymentOf(observation, expected)
  if (ours?.rolloutState === 'FAILED') {
    // With a rollback under way another deployment is PRIMARY, and the record will say how it ends.
    if (primary.id === ours.id) return failed(ours)
    const gap = { kind: 'ECS is rolling back', reason: said(ours.rolloutStateReason) } as const
    return waiting(observation, expected, { gap, nearEnd: isAlmostBack(looked) })
  }
  const gap = whatIsMissing(observation, expected, record.targetDigests)
  return waiting(observation, expected, { gap, record })
}

function judgeByDeployments(looked: JudgedDeployment): Verdict {
  const { observation, expected, primary } = looked
  const ours = deploymentOf(observation, expected)
  if (ours !== undefined && ours.id === primary.id) {
    if (ours.rolloutState === 'FAILED') return failed(ours)
    const gap = whatIsMissing(observation, expected)
    const alone = observation.service.deployments.every((one) => one === ours || isSpent(one))
    return isCompleted(ours) && alone && gap === undefined
      ? succeeded(observation, 'deployments')
      : waiting(observation, expected, { gap })
  }
  if (hasOwnRecord(looked) || !wasRolledBack(looked)) return replaced(primary)
  const reason = said(ours?.rolloutStateReason || 'ECS deployment circuit breaker')
  const rest = gapBefore(looked, {})
  if (isCompleted(primary) && rest === undefined) return { kind: 'rolled_back', reason }
  return waiting(observation, expected, {
    gap: { kind: 'ECS is rolling back', reason, ...(rest === undefined ? {} : { rest }) },
    nearEnd: isAlmostBack(looked),
  })
}

/** A rollback takes as long as any other deployment. */
function isAlmostBack({ observation, expected, primary }: JudgedDeployment): boolean {
  return primary.id !== expected.deploymentId && isAllThere(observation.service, primary)
}

function replaced(
  { id, taskDefinition }: ObservedDeployment,
  after?: 'success' | 'rollback',
): Extract<Verdict, { readonly kind: 'replaced' }> {
  const by = { id, taskDefinition }
  return { kind: 'replaced', by, ...(after === undefined ? {} : { after }) }
}

function failed({ rolloutStateReason }: ObservedDeployment): Verdict {
  const reason = said(rolloutStateReason)
  return { kind: 'failed', cause: { kind: 'deployment failed', reason } }
}

/** What ECS says of a deployment, which has no record's status. */
function said(rolloutStateReason: string): EcsReason {
  return { said: rolloutStateReason, status: '', alarms: [] }
}

interface Waiting {
  /** Absent where only ECS's word is missing. */
  readonly gap: Gap | undefined
  readonly record?: ObservedServiceDeployment
  readonly nearEnd?: boolean
}

function waiting(
  observation: Observation,
  expected: Expectation,
  { gap, record, nearEnd }: Waiting,
): Verdict {
  const { runningCount: running, pendingCount } = observation.service
  const wanted = wantedCount(observation, running)
  const missing = gap ?? { kind: 'ECS not done', tasks: { running, wanted } }
  return {
    kind: 'progressing',
    progress: progressOf(observation, expected, missing, record),
    nearEnd: !isFarFromItsEnd(record) && (nearEnd ?? (running >= wanted && pendingCount === 0)),
  }
}

function succeeded(
  observation: Observation,
  basis: Extract<Verdict, { readonly kind: 'succeeded' }>['basis'],
): Verdict {
  const { runningCount: running, loadBalancers } = observation.service
  const healthyTargets = observation.targets.filter(({ state }) => state === 'healthy').length
  return {
    kind: 'succeeded',
    basis,
    running,
    wanted: wantedCount(observation, running),
    ...(loadBalancers.length === 0 ? {} : { healthyTargets }),
  }
}
