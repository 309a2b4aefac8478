import {
  primaryOf,
  type ObservedDeployment,
  type ObservedServiceDeployment,
  type Observation,
} from './observation.ts'
import { type Expectation } from './expectation.ts'
import { isAllThere, isFarFromItsEnd, progressOf } from './progress.ts'
import { deploymentOf, reasonOf, recordMadeWith, recordOf } from './record.ts'
import { wantedCount, whatIsMissing } from './serving.ts'
import { isCompleted, isSpent, wasRolledBack } from './was-rolled-back.ts'

export { recordOf } from './record.ts'

export type Verdict =
  | { readonly kind: 'progressing'; readonly summary: string; readonly nearEnd: boolean }
  | {
      readonly kind: 'succeeded'
      readonly basis: 'service deployment' | 'deployments'
      readonly summary: string
    }
  | { readonly kind: 'rolled_back'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'replaced'; readonly reason: string }

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
  if (status === '') return waiting(observation, expected, { missing: 'ECS did not say status' })
  if (status !== 'ACTIVE') return { kind: 'failed', reason: `the service is ${status}` }
  const primary = primaryOf(observation)
  if (primary === undefined) {
    return waiting(observation, expected, { missing: 'the service has no PRIMARY deployment' })
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
  if (hasOwnRecord(looked, record)) return replaced(primary, wasOver.get(status) ?? '')
  switch (status) {
    case 'SUCCESSFUL':
      return judgeSuccessful(looked, record)
    case 'ROLLBACK_SUCCESSFUL':
      return judgeRolledBack(looked, record)
    case 'ROLLBACK_FAILED':
      return { kind: 'failed', reason: `ECS could not roll back: ${reasonOf(record)}` }
    case 'STOP_REQUESTED':
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS': {
      const what = status === 'STOP_REQUESTED' ? 'stopping' : 'rolling back'
      const missing = `ECS is ${what}: ${reasonOf(record)}`
      const nearEnd = status === 'STOP_REQUESTED' || isAlmostBack(looked)
      return waiting(observation, expected, { missing, nearEnd })
    }
    case 'STOPPED':
      return primary.id === expected.deploymentId
        ? { kind: 'failed', reason: `the service deployment was stopped: ${reasonOf(record)}` }
        : replaced(primary, `: ${reasonOf(record)}`)
    default:
      return judgeUnderWay(looked, record)
  }
}

const wasOver: ReadonlyMap<string, string> = new Map([
  ['SUCCESSFUL', ' after it had succeeded'],
  ['ROLLBACK_SUCCESSFUL', ' after ECS had rolled it back'],
])

/** Whether the PRIMARY is a deployment that somebody asked for after ours: ECS's own have no record. */
function hasOwnRecord(
  { observation, expected, primary }: JudgedDeployment,
  record?: ObservedServiceDeployment,
): boolean {
  const { serviceDeployments } = observation
  if (primary.id === expected.deploymentId || serviceDeployments === 'unavailable') return false
  if (primary.id === expected.before?.deploymentId) return false
  const its = recordMadeWith(serviceDeployments, primary)
  if (its === undefined || record === undefined) return its !== undefined
  return its.arn !== record.arn && its.createdAt >= record.createdAt
}

function judgeSuccessful(looked: JudgedDeployment, record: ObservedServiceDeployment): Verdict {
  const { observation, expected, primary } = looked
  if (primary.id !== expected.deploymentId) return replaced(primary, ' after it had succeeded')
  // Blue's own record says so while ECS is still on its way back to it.
  const missing =
    whatIsMissing(observation, expected, record.targetDigests) ??
    (primary.rolloutState === 'IN_PROGRESS' ? 'ECS is still at it' : undefined)
  return missing === undefined
    ? { kind: 'succeeded', basis: 'service deployment', summary: summaryOf(observation) }
    : waiting(observation, expected, { missing, record, nearEnd: true })
}

function judgeRolledBack(looked: JudgedDeployment, record: ObservedServiceDeployment): Verdict {
  const { observation, expected, primary } = looked
  const to = record.rollbackTaskDefinition || expected.before?.taskDefinition
  const reason = reasonOf(record)
  if (primary.id === expected.deploymentId) {
    const missing = `ECS has rolled back, and does not say yet to what: ${reason}`
    return waiting(observation, expected, { missing, nearEnd: true })
  }
  if (to !== undefined && to !== primary.taskDefinition) {
    return replaced(primary, ' after ECS had rolled it back')
  }
  const missing = gapBefore(looked, record.rollbackDigests)
  if (missing === undefined) return { kind: 'rolled_back', reason }
  const summary = `ECS has rolled back (${reason}), and what ran before is not all there: ${missing}`
  return waiting(observation, expected, { missing: summary, nearEnd: true })
}

/** What keeps the deployment that ECS went back to from being all that serves. */
function gapBefore(
  { observation, expected, primary }: JudgedDeployment,
  resolved: Expectation['digests'],
) {
  if (primary.rolloutState === 'FAILED') return 'its deployment has failed'
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
    if (primary.id === ours.id) return { kind: 'failed', reason: ours.rolloutStateReason }
    const missing = `ECS is rolling back: ${ours.rolloutStateReason}`
    return waiting(observation, expected, { missing, nearEnd: isAlmostBack(looked) })
  }
  const missing = whatIsMissing(observation, expected, record.targetDigests)
  return waiting(observation, expected, { missing, record })
}

function judgeByDeployments(looked: JudgedDeployment): Verdict {
  const { observation, expected, primary } = looked
  const ours = deploymentOf(observation, expected)
  if (ours !== undefined && ours.id === primary.id) {
    if (ours.rolloutState === 'FAILED') return { kind: 'failed', reason: ours.rolloutStateReason }
    const missing = whatIsMissing(observation, expected)
    const alone = observation.service.deployments.every((one) => one === ours || isSpent(one))
    return isCompleted(ours) && alone && missing === undefined
      ? { kind: 'succeeded', basis: 'deployments', summary: summaryOf(observation) }
      : waiting(observation, expected, { missing })
  }
  if (hasOwnRecord(looked) || !wasRolledBack(looked)) return replaced(primary, '')
  const reason = ours?.rolloutStateReason || 'ECS deployment circuit breaker'
  const gap = gapBefore(looked, {})
  if (isCompleted(primary) && gap === undefined) return { kind: 'rolled_back', reason }
  const missing = `ECS is rolling back: ${reason}${gap === undefined ? '' : ` (${gap})`}`
  return waiting(observation, expected, { missing, nearEnd: isAlmostBack(looked) })
}

/** A rollback takes as long as any other deployment. */
function isAlmostBack({ observation, expected, primary }: JudgedDeployment): boolean {
  return primary.id !== expected.deploymentId && isAllThere(observation.service, primary)
}

function replaced({ id, taskDefinition }: ObservedDeployment, how: string): Verdict {
  const revision = taskDefinition.split('/').at(-1)
  return { kind: 'replaced', reason: `deployment ${id} of ${revision} took its place${how}` }
}

interface Wait {
  readonly missing: string | undefined
  readonly record?: ObservedServiceDeployment
  readonly nearEnd?: boolean
}

function waiting(observation: Observation, expected: Expectation, wait: Wait): Verdict {
  const { runningCount, pendingCount } = observation.service
  const wanted = wantedCount(observation, runningCount)
  const still = `${runningCount} of ${wanted} tasks running, ECS is still at it`
  const { record } = wait
  const slow = isFarFromItsEnd(record)
  return {
    kind: 'progressing',
    summary: progressOf(observation, expected, { missing: wait.missing ?? still, record }),
    nearEnd: !slow && (wait.nearEnd ?? (runningCount >= wanted && pendingCount === 0)),
  }
}

function summaryOf(observation: Observation): string {
  const { runningCount, loadBalancers } = observation.service
  const healthy = observation.targets.filter((target) => target.state === 'healthy').length
  const tasks = `${runningCount} of ${wantedCount(observation, runningCount)} tasks running`
  return loadBalancers.length === 0 ? tasks : `${tasks}, ${healthy} healthy`
}
