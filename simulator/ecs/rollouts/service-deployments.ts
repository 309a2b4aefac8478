import type { ServiceDeploymentStatus } from '@aws-sdk/client-ecs'
import { ecsArn } from '../arns.ts'
import { thresholdOf } from './breaker-threshold.ts'
import type { Engine } from '../engine.ts'
import { watchedAlarms } from './watched-alarms.ts'
import { serviceDeploymentId } from '../ids.ts'
import type { StagedRecord } from '../stages/records.ts'
import { countsOf, tasksOf } from '../tasks/state.ts'
import type { ServiceDeploymentRecord, ServiceRecord } from '../records.ts'

const inFlight: ReadonlySet<ServiceDeploymentStatus | undefined> = new Set([
  'PENDING',
  'IN_PROGRESS',
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
])

/** Whether a service deployment has not ended yet. */
export function isInFlight(record: ServiceDeploymentRecord): boolean {
  return inFlight.has(record.status)
}

/**
 * Records a service deployment to a new revision. It is `PENDING` until the scheduler's next pass.
 */
export function newServiceDeployment(
  engine: Engine,
  service: ServiceRecord,
  targetRevision: string,
  now: number,
  staged?: StagedRecord,
): ServiceDeploymentRecord {
  const arn = ecsArn(
    engine,
    `service-deployment/${service.cluster}/${service.name}/${serviceDeploymentId()}`,
  )
  const record: ServiceDeploymentRecord = {
    arn,
    service: service.arn,
    cluster: service.cluster,
    createdAt: now,
    updatedAt: now,
    status: 'PENDING',
    targetRevision,
    sourceRevisions: sourcesOf(engine, service),
    deploymentConfiguration: service.deploymentConfiguration,
    ...(staged && { staged }),
    alarms: watchedAlarms(engine, service.deploymentConfiguration),
    breaker: {
      status:
        service.deploymentConfiguration.deploymentCircuitBreaker?.enable === true
          ? 'MONITORING'
          : 'DISABLED',
      failureCount: 0,
      threshold: thresholdOf(service.deploymentConfiguration, service.desiredCount),
    },
  }
  engine.state.serviceDeployments[arn] = record
  return record
}

/** Ends a service deployment. Does nothing if it has already ended. */
export function endServiceDeployment(
  engine: Engine,
  arn: string,
  status: 'SUCCESSFUL' | 'STOPPED' | 'ROLLBACK_SUCCESSFUL' | 'ROLLBACK_FAILED',
  reason?: string,
): void {
  const record = engine.state.serviceDeployments[arn]
  if (record === undefined || !isInFlight(record)) return
  const now = engine.clock.now()
  record.ended = targetCounts(engine, record)
  record.status = status
  if (reason !== undefined) record.statusReason = reason
  record.updatedAt = now
  record.finishedAt = now
  if (status === 'STOPPED') record.stoppedAt = now
  if (record.breaker.status === 'MONITORING') record.breaker.status = 'MONITORING_COMPLETE'
  if (record.alarms.status === 'MONITORING') record.alarms.status = 'MONITORING_COMPLETE'
}

/**
 * The target revision's tasks: counted now while the deployment is in progress, else as at its end.
 */
export function targetCounts(
  engine: Engine,
  record: ServiceDeploymentRecord,
): { requested: number; running: number; pending: number } {
  if (record.ended !== undefined) return record.ended
  const service = engine.state.services[record.service]
  if (service === undefined) return { requested: 0, running: 0, pending: 0 }
  const tasks = tasksOf(engine, service).filter((task) => task.revision === record.targetRevision)
  return { requested: service.desiredCount, ...countsOf(tasks) }
}

function sourcesOf(
  engine: Engine,
  service: ServiceRecord,
): ServiceDeploymentRecord['sourceRevisions'] {
  const tasks = tasksOf(engine, service)
  const revisions = [...new Set(service.deployments.map(({ revision }) => revision))]
  return revisions.flatMap((arn) => {
    const counts = countsOf(tasks.filter((task) => task.revision === arn))
    const isThere = counts.running + counts.pending > 0
    const isCurrent = service.deployments[0]?.revision === arn
    if (!isThere && !isCurrent) return []
    return [{ arn, requested: isCurrent ? service.desiredCount : counts.running, ...counts }]
  })
}
