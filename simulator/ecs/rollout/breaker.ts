import { thresholdOf } from './breaker-threshold.ts'
import type { Engine } from '../engine.ts'
import { tell } from './events.ts'
import { endServiceDeployment } from './service-deployments.ts'
import { startRollback } from './rollback.ts'
import type { DeploymentRecord, ServiceRecord, TaskRecord } from '../world.ts'

/** Counts a task that ended before it was healthy, and makes the next one wait. */
export function noteFailure(engine: Engine, service: ServiceRecord, task: TaskRecord): void {
  const deployment = service.deployments.find(({ id }) => id === task.deployment)
  if (deployment === undefined) return
  deployment.failedTasks++
  deployment.updatedAt = engine.clock.now()
  const { relaunch, longestRelaunch } = engine.timings
  service.pausedUntil =
    engine.clock.now() +
    Math.min(longestRelaunch, relaunch * 2 ** Math.max(0, deployment.failedTasks - 3))
  if (deployment.rolloutState === 'IN_PROGRESS') {
    deployment.breakerCount++
    copyCount(engine, service, deployment)
  }
}

/** A task got healthy: failures in a row start from nothing again. */
export function noteHealthy(engine: Engine, service: ServiceRecord, task: TaskRecord): void {
  const deployment = service.deployments.find(({ id }) => id === task.deployment)
  if (deployment === undefined) return
  deployment.failedTasks = 0
  if (service.deploymentConfiguration.deploymentCircuitBreaker?.resetOnHealthyTask !== false) {
    deployment.breakerCount = 0
    copyCount(engine, service, deployment)
  }
}

/** Gives up a deployment in which too many tasks failed, and goes back where that is asked for. */
export function judgeBreaker(engine: Engine, service: ServiceRecord): void {
  const primary = service.deployments[0]
  const breaker = service.deploymentConfiguration.deploymentCircuitBreaker
  if (primary?.rolloutState !== 'IN_PROGRESS' || breaker?.enable !== true) return
  if (primary.breakerCount < thresholdOf(service.deploymentConfiguration, service.desiredCount)) {
    return
  }
  const record = engine.world.serviceDeployments[primary.serviceDeployment]
  if (record !== undefined) record.breaker.status = 'TRIGGERED'
  fail(engine, primary, 'ECS deployment circuit breaker: tasks failed to start.')
  tell(engine, service, `(deployment ${primary.id}) deployment failed: tasks failed to start.`)
  if (primary.kind === 'rollback') {
    endServiceDeployment(
      engine,
      primary.serviceDeployment,
      'ROLLBACK_FAILED',
      'The rollback failed because the circuit breaker threshold was exceeded.',
    )
  } else if (breaker.rollback !== true) {
    endServiceDeployment(
      engine,
      primary.serviceDeployment,
      'STOPPED',
      'Service deployment stopped because the circuit breaker threshold was exceeded.',
    )
  } else {
    startRollback(engine, service, {
      reason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      by: 'ECS deployment circuit breaker',
    })
  }
}

/** Marks a deployment as failed. It starts no more tasks; those that run go on. */
export function fail(engine: Engine, deployment: DeploymentRecord, reason: string): void {
  deployment.rolloutState = 'FAILED'
  deployment.rolloutStateReason = reason
  deployment.halted = true
  deployment.updatedAt = engine.clock.now()
}

function copyCount(engine: Engine, service: ServiceRecord, deployment: DeploymentRecord): void {
  const record = engine.world.serviceDeployments[deployment.serviceDeployment]
  if (record === undefined || deployment.kind === 'rollback') return
  record.breaker.failureCount = deployment.breakerCount
  record.breaker.threshold = thresholdOf(service.deploymentConfiguration, service.desiredCount)
  record.updatedAt = engine.clock.now()
}
