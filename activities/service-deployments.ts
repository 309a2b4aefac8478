import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
  type ServiceDeployment,
  type ServiceRevision,
} from '@aws-sdk/client-ecs'
import type { ObservedServiceDeployment } from '../rollout/observation.ts'
import type { AwsClients } from './aws-clients.ts'
import { isDenied, isUnknownOperation } from './known-errors.ts'
import { sending } from './services.ts'

/** `DescribeServiceDeployments` and `DescribeServiceRevisions` take at most 20 ARNs. */
const batch = 20

/** A service revision never changes, so it is asked for once. */
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
    const described = await clients.ecs.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: arns }),
      sending(abortSignal),
    )
    const records = described.serviceDeployments ?? []
    if (records.length === 0) return 'unavailable'
    const known = await serviceRevisions(clients, records.flatMap(targetOf), abortSignal)
    return records
      .map((record) => observed(record, known))
      .toSorted((a, b) => b.createdAt - a.createdAt)
  } catch (error) {
    if (isUnknownOperation(error) || isDenied(error)) return 'unavailable'
    throw error
  }
}

/** Service revisions by ARN; one that ECS does not know is left out. */
export async function serviceRevisions(
  clients: AwsClients,
  arns: readonly string[],
  abortSignal?: AbortSignal,
): Promise<ReadonlyMap<string, ServiceRevision>> {
  const missing = [...new Set(arns)].filter((arn) => !revisions.has(arn))
  for (let at = 0; at < missing.length; at += batch) {
    const answer = await clients.ecs.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: missing.slice(at, at + batch) }),
      sending(abortSignal),
    )
    for (const revision of answer.serviceRevisions ?? []) remember(revision)
  }
  return new Map(
    arns.flatMap((arn) => {
      const revision = revisions.get(arn)
      return revision === undefined ? [] : [[arn, revision] as const]
    }),
  )
}

function remember(revision: ServiceRevision) {
  if (revision.serviceRevisionArn === undefined) return
  if (revisions.size >= mostRevisions) revisions.clear()
  revisions.set(revision.serviceRevisionArn, revision)
}

function observed(
  record: ServiceDeployment,
  known: ReadonlyMap<string, ServiceRevision>,
): ObservedServiceDeployment {
  const target = record.targetServiceRevision?.arn ?? ''
  return {
    arn: record.serviceDeploymentArn ?? '',
    status: record.status ?? '',
    statusReason: record.statusReason ?? '',
    createdAt: record.createdAt?.getTime() ?? 0,
    targetRevisionArn: target,
    targetTaskDefinition: known.get(target)?.taskDefinition ?? '',
    rollbackReason: record.rollback?.reason ?? '',
  }
}

function targetOf(record: ServiceDeployment): string[] {
  const arn = record.targetServiceRevision?.arn
  return arn === undefined ? [] : [arn]
}
