import { type ObservedDeployment, type Observation, primaryOf } from './observation.ts'
import { shortName } from './arn.ts'
import { hasFailed } from './deployment-state.ts'
import type { StartedDeployment, RollbackTarget } from './deployment.ts'
import { recordOf } from './record.ts'
import { runningNow } from './rollback-target.ts'
import { isSameImage } from './same-image.ts'
import { isRollingBack, isUnderWay } from './service-deployment-status.ts'

/** The next step to roll a service back. */
export type RollbackStep =
  /** This deployment already runs the rollback target, or will: wait for it. */
  | { readonly kind: 'wait for'; readonly deployment: ObservedDeployment }
  | { readonly kind: 'stop'; readonly serviceDeploymentArn: string }
  /** ECS is rolling back, and does not say yet to which revision. */
  | { readonly kind: 'wait for ECS'; readonly reason: string }
  | { readonly kind: 'update'; readonly force: boolean }
  /** Another deployment has replaced ours, and is left alone. */
  | { readonly kind: 'leave'; readonly reason: string }

export interface RollbackGoal {
  /** In `pin` mode a task definition says which image its tasks run. */
  readonly mode: 'pin' | 'force'
  readonly to: RollbackTarget
  /** Absent: the release does not know whether it has started a deployment. */
  readonly started?: StartedDeployment
  /** ECS has refused to stop our deployment. */
  readonly stopRefused: boolean
}

/** Decides from one observation of a service. */
export function nextRollbackStep(
  observation: Observation,
  { mode, to, started, stopRefused }: RollbackGoal,
): RollbackStep {
  const primary = primaryOf(observation)
  if (primary === undefined) return { kind: 'update', force: false }
  const sameDefinition = primary.taskDefinition === to.taskDefinition
  const failed = hasFailed(observation, primary)
  const ours =
    started === undefined ? primary.id !== to.deploymentId : primary.id === started.deploymentId
  if (sameDefinition && !failed) {
    const theirs = !ours || (started === undefined && (mode === 'pin' || runs(to, observation)))
    if (theirs) return { kind: 'wait for', deployment: primary }
  }
  const record = started === undefined ? undefined : recordOf(observation, started)
  if (record !== undefined && isRollingBack(record)) {
    return { kind: 'wait for ECS', reason: `ECS is rolling back (${record.status})` }
  }
  if (started !== undefined && replaced(observation, { primary, started, to })) {
    return { kind: 'leave', reason: `${nameOf(primary)} was started by someone else meanwhile` }
  }
  if (record !== undefined && isUnderWay(record) && ours && !stopRefused) {
    return { kind: 'stop', serviceDeploymentArn: record.arn }
  }
  // With the same task definition ECS would see nothing to do.
  return { kind: 'update', force: sameDefinition }
}

/** Whether the PRIMARY is someone else's: not ours, not the previous one, and not a rollback. */
function replaced(
  observation: Observation,
  which: { primary: ObservedDeployment; started: StartedDeployment; to: RollbackTarget },
): boolean {
  const { primary, started, to } = which
  const known = [started.taskDefinition, to.taskDefinition]
  if (primary.id === to.deploymentId || known.includes(primary.taskDefinition)) return false
  const record = recordOf(observation, started)
  if (record !== undefined && record.status.startsWith('ROLLBACK_')) {
    const { rollbackTaskDefinition } = record
    return rollbackTaskDefinition !== '' && primary.taskDefinition !== rollbackTaskDefinition
  }
  const left = observation.service.deployments.find(({ id }) => id === started.deploymentId)
  return left?.rolloutState !== 'FAILED' && !/rolling back/.test(primary.rolloutStateReason)
}

/** Whether the tasks of the PRIMARY run the digests of the rollback target. */
function runs(to: RollbackTarget, observation: Observation): boolean {
  const { digests } = runningNow(observation, to.imageDigests)
  const containers = Object.keys(digests)
  return (
    containers.length > 0 &&
    containers.every(
      (name) =>
        to.digests[name] === undefined ||
        isSameImage(digests[name], to.digests[name], to.imageDigests?.[name]),
    )
  )
}

function nameOf({ id, taskDefinition }: ObservedDeployment): string {
  return `deployment ${id} of ${shortName(taskDefinition)}`
}
