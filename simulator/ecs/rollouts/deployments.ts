import type { Engine } from '../engine.ts'
import { deploymentId } from '../ids.ts'
import { beginStages } from '../stages/begin.ts'
import { newRevision } from './revisions.ts'
import { isInFlight, newServiceDeployment } from './service-deployments.ts'
import { wakeSoon } from '../wake.ts'
import type { DeploymentRecord, ServiceRecord } from '../records.ts'

/**
 * Starts a deployment of the service's current settings. The previous one becomes ACTIVE. If it was
 * still in progress, its service deployment is stopped, because a newer one replaces it.
 */
export function beginDeployment(engine: Engine, service: ServiceRecord): DeploymentRecord {
  const now = engine.clock.now()
  for (const older of service.deployments) {
    older.status = 'ACTIVE'
    const record = engine.state.serviceDeployments[older.serviceDeployment]
    if (record === undefined || !isInFlight(record)) continue
    record.status = 'STOP_REQUESTED'
    record.statusReason = 'Service deployment stopped because a newer service deployment started.'
    record.updatedAt = now
  }
  const { staged, alternate } = beginStages(engine, service)
  const revision = newRevision(engine, service, alternate)
  const id = deploymentId()
  const deployment: DeploymentRecord = {
    id,
    status: 'PRIMARY',
    taskDefinition: service.taskDefinition,
    revision: revision.arn,
    serviceDeployment: newServiceDeployment(engine, service, revision.arn, now, staged).arn,
    kind: 'forward',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
    breakerCount: 0,
    halted: false,
    createdAt: now,
    updatedAt: now,
  }
  service.deployments.unshift(deployment)
  service.steady = false
  service.pausedUntil = 0
  wakeSoon(engine, service.arn)
  return deployment
}
