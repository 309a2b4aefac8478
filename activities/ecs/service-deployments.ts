import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
  type ServiceDeployment,
  type ServiceRevision,
} from '@aws-sdk/client-ecs'
import type { ObservedServiceDeployment } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { isDenied, isUnknownOperation } from '../aws/errors.ts'
import { sending } from './services.ts'

/** `DescribeServiceDeployments` and `DescribeServiceRevisions` take at most 20 ARNs. */
const batch = 20

/** A service revision does not change once its images are known, so it is asked for once. */
const revisions = new Map<string, ServiceRevision>()
const mostRevisions = 5_000

interface Which {
  readonly cluster: string
  readonly service: string
  /** Looked up even if it is not among the newest. */
  readonly also?: string | undefined
  readonly abortSignal?: AbortSignal | undefined
}

/**
 * The newest service deployments of a service, newest first, at most 20. `unavailable` where the
 * endpoint lacks the operations, where the worker may not use them, and where there is none.
 */
export async function serviceDeployments(
  clients: AwsClients,
  { cluster, service, also, abortSignal }: Which,
): Promise<readonly ObservedServiceDeployment[] | 'unavailable'> {
  try {
    const listed = await clients.ecs.send(
      new ListServiceDeploymentsCommand({ cluster, service, maxResults: 100 }),
      sending(abortSignal),
    )
    const newest = (listed.serviceDeployments ?? [])
      .toSorted((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0))
      .flatMap((brief) => brief.serviceDeploymentArn ?? [])
    const arns = [...new Set([...(also === undefined ? [] : [also]), ...newest])].slice(0, batch)
    if (arns.length === 0) return 'unavailable'
    const records = await describeServiceDeployments(clients, arns, abortSignal)
    if (records.length === 0) return 'unavailable'
    const known = await serviceRevisions(clients, records.flatMap(revisionsOf), abortSignal)
    return records
      .map((record) => observedRecord(record, known))
      .toSorted((a, b) => b.createdAt - a.createdAt)
  } catch (error) {
    if (isUnknownOperation(error) || isDenied(error)) return 'unavailable'
    throw error
  }
}

/** Up to 20 service deployments, of whatever services; one that ECS does not know is left out. */
export async function describeServiceDeployments(
  clients: AwsClients,
  serviceDeploymentArns: readonly string[],
  abortSignal?: AbortSignal,
): Promise<readonly ServiceDeployment[]> {
  const answer = await clients.ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [...serviceDeploymentArns] }),
    sending(abortSignal),
  )
  return answer.serviceDeployments ?? []
}

/** Service revisions by ARN; one that ECS does not know is left out. */
export async function serviceRevisions(
  clients: AwsClients,
  arns: readonly string[],
  abortSignal?: AbortSignal,
): Promise<ReadonlyMap<string, ServiceRevision>> {
  const fresh = new Map<string, ServiceRevision>()
  const missing = [...new Set(arns)].filter((arn) => !revisions.has(arn))
  for (let at = 0; at < missing.length; at += batch) {
    const answer = await clients.ecs.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: missing.slice(at, at + batch) }),
      sending(abortSignal),
    )
    for (const revision of answer.serviceRevisions ?? []) {
      fresh.set(revision.serviceRevisionArn ?? '', revision)
      remember(revision)
    }
  }
  return new Map(
    arns.flatMap((arn) => {
      const revision = revisions.get(arn) ?? fresh.get(arn)
      return revision === undefined ? [] : [[arn, revision] as const]
    }),
  )
}

/** Until its first task has pulled, ECS does not know the digests of all images. */
function isComplete({ containerImages = [] }: ServiceRevision): boolean {
  return containerImages.every(({ imageDigest }) => imageDigest !== undefined)
}

function remember(revision: ServiceRevision) {
  if (revision.serviceRevisionArn === undefined || !isComplete(revision)) return
  if (revisions.size >= mostRevisions) revisions.clear()
  revisions.set(revision.serviceRevisionArn, revision)
}

/** @param known service revisions by ARN; what is not among them is left empty */
export function observedRecord(
  record: ServiceDeployment,
  known: ReadonlyMap<string, ServiceRevision>,
): ObservedServiceDeployment {
  const target = known.get(record.targetServiceRevision?.arn ?? '')
  const traffic = record.targetServiceRevision?.requestedProductionTrafficWeight
  const rollback = known.get(record.rollback?.serviceRevisionArn ?? '')
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

/** Container name → digest that ECS resolved when it made a service revision. */
export function digestsOfRevision(
  revision: ServiceRevision | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (revision?.containerImages ?? []).flatMap(({ containerName, imageDigest }) =>
      containerName === undefined || imageDigest === undefined
        ? []
        : [[containerName, imageDigest]],
    ),
  )
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
