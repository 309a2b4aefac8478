import { markFailed } from './fail-deployment.ts'
import type { Engine } from '../engine.ts'
import { startRollback } from './rollback.ts'
import { endServiceDeployment } from './service-deployments.ts'
import type { DeploymentRecord, ServiceRecord } from '../records.ts'

/**
 * Applies what was requested of a service's deployments since the last pass: start, stop, roll
 * back.
 */
export function applyRequests(engine: Engine, service: ServiceRecord): void {
  for (const deployment of service.deployments.toReversed()) {
    const record = engine.state.serviceDeployments[deployment.serviceDeployment]
    if (record === undefined) continue
    if (record.status === 'PENDING') {
      record.status = 'IN_PROGRESS'
      record.startedAt = engine.clock.now()
      record.updatedAt = engine.clock.now()
    } else if (record.status === 'STOP_REQUESTED') {
      if (deployment.status === 'PRIMARY') abort(engine, deployment)
      endServiceDeployment(engine, record.arn, 'STOPPED')
    } else if (record.status === 'ROLLBACK_REQUESTED' && deployment.status === 'PRIMARY') {
      abort(engine, deployment)
      startRollback(engine, service, {
        reason: 'Service deployment rolled back because it was stopped by a user.',
        by: 'ECS deployment stopped by a user',
      })
    }
  }
}

function abort(engine: Engine, deployment: DeploymentRecord): void {
  if (deployment.rolloutState === 'IN_PROGRESS') {
    markFailed(engine, deployment, `ECS deployment ${deployment.id} was stopped by a user.`)
  }
}
