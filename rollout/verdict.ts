import type { ObservedDeployment, ObservedServiceDeployment, Observation } from './observation.ts'
import { whatIsMissing } from './serving.ts'

/** What we asked ECS for, and how it answered at once. */
export interface Expectation {
  readonly taskDefinition: string
  /** The `ecs-svc/…` id of the deployment that should get there. */
  readonly deploymentId: string
  readonly serviceDeploymentArn?: string
  /** Container name → digest its tasks must run; empty where nobody pinned one. */
  readonly digests: Readonly<Record<string, string>>
}

export type Verdict =
  | { readonly kind: 'progressing'; readonly summary: string; readonly nearEnd: boolean }
  | {
      readonly kind: 'succeeded'
      readonly evidence: 'service deployment' | 'deployments'
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
 */
export function judge(observation: Observation, expected: Expectation): Verdict {
  const { service } = observation
  if (service.status !== 'ACTIVE') {
    return { kind: 'failed', reason: `the service is ${service.status}` }
  }
  const record = recordOf(observation, expected)
  return record === undefined
    ? judgeByDeployments(observation, expected)
    : judgeByRecord(observation, expected, record)
}

/** The service deployment record of the expected deployment. */
export function recordOf(
  observation: Observation,
  expected: Expectation,
): ObservedServiceDeployment | undefined {
  if (observation.serviceDeployments === 'unavailable') return undefined
  const known = observation.serviceDeployments.find(
    (record) => record.arn === expected.serviceDeploymentArn,
  )
  if (known !== undefined) return known
  const ours = deploymentOf(observation, expected)
  if (ours === undefined) return undefined
  // ECS writes the record in the same instant as the deployment, give or take a clock's tick.
  return observation.serviceDeployments.find(
    (record) =>
      record.targetTaskDefinition === expected.taskDefinition &&
      record.createdAt >= ours.createdAt - 2_000,
  )
}

function judgeByRecord(
  observation: Observation,
  expected: Expectation,
  record: ObservedServiceDeployment,
): Verdict {
  switch (record.status) {
    case 'SUCCESSFUL':
      return judgeSuccessful(observation, expected)
    case 'ROLLBACK_SUCCESSFUL':
      return { kind: 'rolled_back', reason: reasonOf(record) }
    case 'ROLLBACK_FAILED':
      return { kind: 'failed', reason: `ECS could not roll back: ${reasonOf(record)}` }
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
      return progressing(observation, `ECS is rolling back: ${reasonOf(record)}`, true)
    case 'STOPPED':
      return judgeStopped(observation, expected, record)
    default:
      return judgeUnderWay(observation, expected)
  }
}

function judgeSuccessful(observation: Observation, expected: Expectation): Verdict {
  const primary = primaryOf(observation)
  if (primary !== undefined && primary.id !== expected.deploymentId) {
    return { kind: 'replaced', reason: `${nameOf(primary)} took its place after it had succeeded` }
  }
  const missing = whatIsMissing(observation, expected)
  return missing === undefined
    ? { kind: 'succeeded', evidence: 'service deployment', summary: summaryOf(observation) }
    : progressing(observation, missing, true)
}

function judgeStopped(
  observation: Observation,
  expected: Expectation,
  record: ObservedServiceDeployment,
): Verdict {
  const primary = primaryOf(observation)
  if (primary === undefined || primary.id === expected.deploymentId) {
    return { kind: 'failed', reason: `the service deployment was stopped: ${reasonOf(record)}` }
  }
  return { kind: 'replaced', reason: `${nameOf(primary)} took its place: ${reasonOf(record)}` }
}

function judgeUnderWay(observation: Observation, expected: Expectation): Verdict {
  const ours = deploymentOf(observation, expected)
  const primary = primaryOf(observation)
  if (ours?.rolloutState === 'FAILED') {
    // With a rollback under way another deployment is PRIMARY, and the record will say how it ends.
    if (primary !== undefined && primary.id !== ours.id) {
      return progressing(observation, `ECS is rolling back: ${ours.rolloutStateReason}`, true)
    }
    return { kind: 'failed', reason: ours.rolloutStateReason }
  }
  return progressing(observation, whatIsMissing(observation, expected))
}

function judgeByDeployments(observation: Observation, expected: Expectation): Verdict {
  const ours = deploymentOf(observation, expected)
  const primary = primaryOf(observation)
  if (ours !== undefined && ours.id === primary?.id) {
    if (ours.rolloutState === 'FAILED') return { kind: 'failed', reason: ours.rolloutStateReason }
    const missing = whatIsMissing(observation, expected)
    // A deployment controller without rollout states leaves the field empty.
    const completed = ours.rolloutState === 'COMPLETED' || ours.rolloutState === ''
    const alone = observation.service.deployments.length === 1
    return completed && alone && missing === undefined
      ? { kind: 'succeeded', evidence: 'deployments', summary: summaryOf(observation) }
      : progressing(observation, missing)
  }
  if (primary === undefined) return progressing(observation, 'the service has no deployment')
  if (!wasTakenBack(observation, expected, primary)) {
    return { kind: 'replaced', reason: `${nameOf(primary)} took its place` }
  }
  const reason = ours?.rolloutStateReason || 'ECS deployment circuit breaker'
  return primary.rolloutState === 'COMPLETED'
    ? { kind: 'rolled_back', reason }
    : progressing(observation, `ECS is rolling back: ${reason}`, true)
}

/** Whether ECS itself put the PRIMARY there as a rollback of the expected deployment. */
function wasTakenBack(
  observation: Observation,
  expected: Expectation,
  primary: ObservedDeployment,
): boolean {
  const ours = deploymentOf(observation, expected)
  if (ours?.rolloutState === 'FAILED') return true
  if (/rolling back to/.test(primary.rolloutStateReason)) return true
  return observation.service.events.some((event) =>
    event.message.includes(`(deployment ${expected.deploymentId}) deployment failed`),
  )
}

function deploymentOf(
  observation: Observation,
  expected: Expectation,
): ObservedDeployment | undefined {
  return observation.service.deployments.find((one) => one.id === expected.deploymentId)
}

/** The deployment that the service is headed for. */
export function primaryOf(observation: Observation): ObservedDeployment | undefined {
  return observation.service.deployments.find((one) => one.status === 'PRIMARY')
}

function progressing(observation: Observation, missing?: string, nearEnd?: boolean): Verdict {
  const { runningCount, desiredCount } = observation.service
  return {
    kind: 'progressing',
    summary: missing ?? `${runningCount} of ${desiredCount} tasks running, ECS is still at it`,
    nearEnd: nearEnd ?? (runningCount >= desiredCount && observation.service.pendingCount === 0),
  }
}

function summaryOf(observation: Observation): string {
  const { runningCount, desiredCount } = observation.service
  const healthy = observation.targets.filter((target) => target.state === 'healthy').length
  const tasks = `${runningCount} of ${desiredCount} tasks running`
  return observation.service.targetGroupArns.length === 0 ? tasks : `${tasks}, ${healthy} healthy`
}

function reasonOf(record: ObservedServiceDeployment): string {
  return record.statusReason || record.rollbackReason || `ECS says ${record.status}`
}

function nameOf(deployment: ObservedDeployment): string {
  const revision = deployment.taskDefinition.split('/').at(-1)
  return `deployment ${deployment.id} of ${revision}`
}
