import { thresholdOf } from './breaker-threshold.ts'
import type { Engine } from '../engine.ts'
import { failDeployment } from './fail-deployment.ts'
import type { DeploymentRecord, ServiceRecord, TaskRecord } from '../records.ts'

/** Counts a task that ended before it was healthy, and delays the next start. */
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

/** A task became healthy: the count of consecutive failures starts again from 0. */
export function noteHealthy(engine: Engine, service: ServiceRecord, task: TaskRecord): void {
  const deployment = service.deployments.find(({ id }) => id === task.deployment)
  if (deployment === undefined) return
  deployment.failedTasks = 0
  if (service.deploymentConfiguration.deploymentCircuitBreaker?.resetOnHealthyTask !== false) {
    deployment.breakerCount = 0
    copyCount(engine, service, deployment)
  }
}

/** Fails a deployment in which too many tasks failed. */
export function judgeBreaker(engine: Engine, service: ServiceRecord): void {
  const primary = service.deployments[0]
  const breaker = service.deploymentConfiguration.deploymentCircuitBreaker
  if (primary?.rolloutState !== 'IN_PROGRESS' || breaker?.enable !== true) return
  // It counts against the desired count, which a daemon does not have (aws/aws-cdk#38102).
  if (service.daemon === true) return
  if (primary.breakerCount < thresholdOf(service.deploymentConfiguration, service.desiredCount)) {
    return
  }
  const record = engine.state.serviceDeployments[primary.serviceDeployment]
  if (record !== undefined) record.breaker.status = 'TRIGGERED'
  failDeployment(engine, service, primary, {
    by: 'ECS deployment circuit breaker',
    what: 'tasks failed to start.',
    because: 'because the circuit breaker threshold was exceeded.',
    rollback: breaker.rollback === true,
  })
}

function copyCount(engine: Engine, service: ServiceRecord, deployment: DeploymentRecord): void {
  const record = engine.state.serviceDeployments[deployment.serviceDeployment]
  if (record === undefined || deployment.kind === 'rollback') return
  record.breaker.failureCount = deployment.breakerCount
  record.breaker.threshold = thresholdOf(service.deploymentConfiguration, service.desiredCount)
  record.updatedAt = engine.clock.now()
}
