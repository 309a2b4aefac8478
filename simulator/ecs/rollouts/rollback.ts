import type { Engine } from '../engine.ts'
import { addEvent } from './events.ts'
import { deploymentId } from '../ids.ts'
import { applySettings } from './revisions.ts'
import { endServiceDeployment } from './service-deployments.ts'
import type { ServiceRecord } from '../records.ts'

export interface RollbackCause {
  /** For the service deployment's `statusReason` and `rollback.reason`. */
  readonly reason: string
  /** Who starts it: the start of `rolloutStateReason`. */
  readonly by: string
}

/**
 * Rolls back to the deployment that completed last: a new PRIMARY deployment of its service
 * revision, within the same service deployment. That deployment is no rollback target again until
 * it has completed again. Without a target, the failed deployment stays as it is.
 */
export function startRollback(engine: Engine, service: ServiceRecord, cause: RollbackCause): void {
  const failed = service.deployments[0]
  if (failed === undefined) return
  const candidate = service.lastCompleted
  const revision = engine.state.revisions[candidate?.revision ?? '']
  if (candidate === undefined || revision === undefined) {
    endServiceDeployment(
      engine,
      failed.serviceDeployment,
      'ROLLBACK_FAILED',
      'No rollback candidate was found to run the rollback',
    )
    return
  }
  const now = engine.clock.now()
  const record = engine.state.serviceDeployments[failed.serviceDeployment]
  // Blue's tasks and deployment still exist: that deployment becomes PRIMARY again.
  const kept = record?.staged && service.deployments.find(({ id }) => id === candidate.deploymentId)
  if (record?.staged !== undefined) record.staged.back = 'restoring'
  failed.status = 'ACTIVE'
  service.deployments = service.deployments.filter((one) => one !== kept)
  service.deployments.unshift({
    id: kept?.id ?? deploymentId(),
    status: 'PRIMARY',
    taskDefinition: revision.taskDefinition,
    revision: revision.arn,
    serviceDeployment: failed.serviceDeployment,
    kind: 'rollback',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `${cause.by}: rolling back to deploymentId ${candidate.deploymentId}.`,
    failedTasks: 0,
    breakerCount: 0,
    halted: false,
    createdAt: kept?.createdAt ?? now,
    updatedAt: now,
  })
  applySettings(service, revision)
  delete service.lastCompleted
  service.steady = false
  service.pausedUntil = 0
  if (record !== undefined) {
    record.status = 'ROLLBACK_IN_PROGRESS'
    record.statusReason = cause.reason
    record.rollback = { reason: cause.reason, startedAt: now, revision: revision.arn }
    record.updatedAt = now
  }
  addEvent(engine, service, `rolling back to deployment ${candidate.deploymentId}`)
}
