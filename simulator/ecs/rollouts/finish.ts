import type { Engine } from '../engine.ts'
import { isEarlySuccess } from './early-success.ts'
import { addEvent } from './events.ts'
import { stagedOf } from '../stages/begin.ts'
import { endServiceDeployment } from './service-deployments.ts'
import { isHealthy, isLive, isNotStopped, tasksOf } from '../tasks/state.ts'
import { withJitter } from '../jitter.ts'
import { wakeAt } from '../wake.ts'
import type { DeploymentRecord, ServiceRecord, TaskRecord } from '../records.ts'

/** Completes a deployment that is ready, and removes old deployments and tasks. */
export function finish(engine: Engine, service: ServiceRecord): void {
  forgetOldTasks(engine, service)
  const remaining = tasksOf(engine, service).filter(isNotStopped)
  if (service.status === 'DRAINING') {
    if (remaining.length > 0) return
    service.status = 'INACTIVE'
    service.deployments = []
    return
  }
  const primary = service.deployments[0]
  if (primary === undefined) return
  if (primary.rolloutState === 'IN_PROGRESS') completeWhenReady(engine, service, primary, remaining)
  else if (primary.rolloutState === 'COMPLETED')
    reportSteadyState(engine, service, primary, remaining)
  forgetOldDeployments(service, primary, remaining)
}

/**
 * An older deployment is listed while it has tasks, and a failed one at least until its rollback
 * is over.
 */
function forgetOldDeployments(
  service: ServiceRecord,
  primary: DeploymentRecord,
  remaining: readonly TaskRecord[],
): void {
  service.deployments = service.deployments.filter(
    (deployment) =>
      deployment === primary ||
      remaining.some((task) => task.deployment === deployment.id) ||
      (deployment.rolloutState === 'FAILED' && primary.rolloutState === 'IN_PROGRESS'),
  )
}

function completeWhenReady(
  engine: Engine,
  service: ServiceRecord,
  primary: DeploymentRecord,
  remaining: readonly TaskRecord[],
): void {
  const now = engine.clock.now()
  if (!isReady(engine, service, primary, remaining)) {
    delete primary.readySince
    return
  }
  primary.readySince ??= now
  const watched = engine.state.serviceDeployments[primary.serviceDeployment]?.alarms.status
  const bakes = watched === 'MONITORING' && primary.kind === 'forward'
  // Staged deployments have already baked, for the service's own bake time.
  const bake = bakes && stagedOf(engine, primary) === undefined ? engine.timings.bake : 0
  const due = primary.readySince + withJitter(engine, engine.timings.complete, primary.id) + bake
  if (due > now) {
    wakeAt(engine, service.arn, due)
    return
  }
  primary.rolloutState = 'COMPLETED'
  primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`
  primary.updatedAt = now
  service.lastCompleted = { deploymentId: primary.id, revision: primary.revision }
  addEvent(engine, service, `(deployment ${primary.id}) deployment completed.`)
  endServiceDeployment(
    engine,
    primary.serviceDeployment,
    primary.kind === 'rollback' ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL',
  )
  reportSteadyState(engine, service, primary, remaining)
}

function reportSteadyState(
  engine: Engine,
  service: ServiceRecord,
  primary: DeploymentRecord,
  remaining: readonly TaskRecord[],
): void {
  if (service.steady || !isWhole(engine, service, primary, remaining)) return
  service.steady = true
  addEvent(engine, service, 'has reached a steady state.')
}

/** All desired tasks are healthy, or enough for the service's early success criteria. */
function isReady(
  engine: Engine,
  service: ServiceRecord,
  primary: DeploymentRecord,
  remaining: readonly TaskRecord[],
): boolean {
  if (!isAtItsEnd(engine, primary)) return false
  if (isWhole(engine, service, primary, remaining)) return true
  if (!isEarlySuccess(engine, service, primary, remaining)) return false
  const { earlySuccessCriteria } = service.deploymentConfiguration
  const waits = earlySuccessCriteria?.sourceServiceRevisionCleanup !== 'DEFERRED'
  return !waits || remaining.every((task) => task.deployment === primary.id)
}

/** Whether a staged deployment is at its last stage; true for any other deployment. */
function isAtItsEnd(engine: Engine, primary: DeploymentRecord): boolean {
  const staged = stagedOf(engine, primary)
  return staged === undefined || staged.stage === 'CLEAN_UP'
}

/** Exactly the desired tasks of this deployment, all healthy, and no task of any other. */
function isWhole(
  engine: Engine,
  service: ServiceRecord,
  primary: DeploymentRecord,
  remaining: readonly TaskRecord[],
): boolean {
  const mine = remaining.filter((task) => task.deployment === primary.id && isLive(task))
  return (
    mine.length === service.desiredCount &&
    mine.every((task) => isHealthy(engine, service, task)) &&
    remaining.every((task) => task.deployment === primary.id)
  )
}

function forgetOldTasks(engine: Engine, service: ServiceRecord): void {
  const horizon = engine.clock.now() - engine.timings.keepStopped
  const old = tasksOf(engine, service).filter(({ stoppedAt = Infinity }) => stoppedAt < horizon)
  if (old.length === 0) return
  for (const { id } of old) delete engine.state.tasks[id]
  service.tasks = service.tasks.filter((id) => engine.state.tasks[id] !== undefined)
}
