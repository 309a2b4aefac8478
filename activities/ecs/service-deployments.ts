import {
  DescribeServiceDeploymentsCommand,
  ListServiceDeploymentsCommand,
  type ServiceDeployment,
  type ServiceRevision,
} from '@aws-sdk/client-ecs'
import type { ObservedServiceDeployment } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { isDenied, isUnknownOperation } from '../aws/errors.ts'
import { digestsOfRevision, serviceRevisions } from './service-revisions.ts'
import { requestOptions } from './services.ts'

/** `DescribeServiceDeployments` takes at most 20 ARNs. */
export const serviceDeploymentsPerCall = 20

interface NewestDeployments {
  readonly cluster: string
  readonly service: string
  /** ARN of a service deployment to describe even if it is not among the newest. */
  readonly also?: string | undefined
  readonly abortSignal?: AbortSignal | undefined
}

/**
 * The newest service deployments of a service, newest first, at most 20. `unavailable` if the
 * endpoint lacks the operations, if the worker may not use them, or if there are none.
 */
export async function serviceDeployments(
  clients: AwsClients,
  { cluster, service, also, abortSignal }: NewestDeployments,
): Promise<readonly ObservedServiceDeployment[] | 'unavailable'> {
  try {
    const listed = await clients.ecs.send(
      new ListServiceDeploymentsCommand({ cluster, service, maxResults: 100 }),
      requestOptions(abortSignal),
    )
    const newest = (listed.serviceDeployments ?? [])
      .toSorted((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0))
      .flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? [])
    const arns = [...new Set([...(also === undefined ? [] : [also]), ...newest])].slice(
      0,
      serviceDeploymentsPerCall,
    )
    if (arns.length === 0) return 'unavailable'
    const records = await describeServiceDeployments(clients, arns, abortSignal)
    if (records.length === 0) return 'unavailable'
    const revisions = await serviceRevisions(clients, records.flatMap(revisionsOf), abortSignal)
    return records
      .map((record) => observedRecord(record, revisions))
      .toSorted((a, b) => b.createdAt - a.createdAt)
  } catch (error) {
    if (isUnknownOperation(error) || isDenied(error)) return 'unavailable'
    throw error
  }
}

/** Up to 20 service deployments, of any services; a deployment that ECS does not know is left out. */
export async function describeServiceDeployments(
  clients: AwsClients,
  serviceDeploymentArns: readonly string[],
  abortSignal?: AbortSignal,
): Promise<readonly ServiceDeployment[]> {
  const answer = await clients.ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [...serviceDeploymentArns] }),
    requestOptions(abortSignal),
  )
  return answer.serviceDeployments ?? []
}

/** @param revisions service revisions by ARN; fields of a missing revision are left empty */
export function observedRecord(
  record: ServiceDeployment,
  revisions: ReadonlyMap<string, ServiceRevision>,
): ObservedServiceDeployment {
  const target = revisions.get(record.targetServiceRevision?.arn ?? '')
  const traffic = record.targetServiceRevision?.requestedProductionTrafficWeight
  const rollback = revisions.get(record.rollback?.serviceRevisionArn ?? '')
  return {
    arn: record.serviceDeploymentArn ?? '',
    status: record.status ?? '',
    statusReason: record.statusReason ?? '',
    createdAt: record.createdAt?.getTime() ?? 0,
    targetRevisionArn: record.targetServiceRevision?.arn ?? '',
    targetTaskDefinition: target?.taskDefinition ?? '',
    targetDigests: digestsOfRevision(target),
    rollbackReason: record.rollback?.reason ?? '',
    rollbackTaskDefinition: rollback?.taskDefinition ?? '',
    rollbackDigests: digestsOfRevision(rollback),
    ...(record.finishedAt === undefined ? {} : { finishedAt: record.finishedAt.getTime() }),
    ...breakerOf(record),
    lifecycleStage: record.lifecycleStage ?? '',
    bakeTimeInMinutes: record.deploymentConfiguration?.bakeTimeInMinutes ?? 0,
    hooks: (record.lifecycleHookDetails ?? []).map((hook) => ({
      id: hook.hookId ?? '',
      type: hook.targetType ?? '',
      target: hook.targetArn?.split(':function:')[1] ?? '',
      status: hook.status ?? '',
      ...(hook.expiresAt === undefined ? {} : { expiresAt: hook.expiresAt.getTime() }),
      timeoutAction: hook.timeoutAction ?? '',
    })),
    ...(traffic === undefined ? {} : { targetTraffic: traffic }),
    triggeredAlarms: record.alarms?.triggeredAlarmNames ?? [],
    ...(endsDrained(record) ? { endsDrained: true } : {}),
    ...targetTasksOf(record),
  }
}

function endsDrained({ deploymentConfiguration }: ServiceDeployment): boolean {
  if (deploymentConfiguration === undefined) return false
  const { strategy = 'ROLLING', earlySuccessCriteria } = deploymentConfiguration
  return strategy === 'ROLLING' && earlySuccessCriteria === undefined
}

function breakerOf({ deploymentCircuitBreaker }: ServiceDeployment) {
  const { failureCount: failed, threshold } = deploymentCircuitBreaker ?? {}
  return failed === undefined || threshold === undefined ? {} : { breaker: { failed, threshold } }
}

function targetTasksOf({ targetServiceRevision: target }: ServiceDeployment) {
  const { requestedTaskCount: requested, runningTaskCount: running } = target ?? {}
  if (requested === undefined || running === undefined) return {}
  return { targetTasks: { requested, running, pending: target?.pendingTaskCount ?? 0 } }
}

function revisionsOf({ targetServiceRevision, rollback }: ServiceDeployment): string[] {
  return [targetServiceRevision?.arn, rollback?.serviceRevisionArn].flatMap((arn) => arn ?? [])
}
