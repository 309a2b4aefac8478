import { ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs'
import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import { servingDeployment } from '../../rollout/deployment-state.ts'
import { lastGoodBefore } from '../../rollout/last-good.ts'
import type { Observation, ObservedServiceDeployment } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { failure } from '../temporal/failures.ts'
import { observe } from '../ecs/observe.ts'
import { revisionTags, tagOf } from '../ecs/revision-tags.ts'
import { describeTaskDefinition } from '../ecs/task-definitions.ts'
import { familyOf, revisionNumber } from '../../rollout/arn.ts'
import type { KnownRevision } from '../../contract/activity-types.ts'
import { pinnedDigests } from './pinned-digests.ts'

/** All of these are described at once: well within the burst that ECS allows. */
const maxRevisions = 20

/**
 * The newest revisions of a service, newest first: the registered ones and those deployed in the
 * last 90 days, with the status of their deployment. Reads only.
 *
 * Fails as `PreconditionFailed` if the service does not exist.
 */
export async function listRevisions(
  clients: AwsClients,
  { spec, service }: { spec: EnvironmentSpec; service: ServiceSpec },
): Promise<readonly KnownRevision[]> {
  const observation = await observe(clients, { cluster: spec.cluster, service: service.ecsService })
  const live = servingDeployment(observation)?.taskDefinition
  if (live === undefined) {
    throw failure(
      'PreconditionFailed',
      `Service "${service.ecsService}" in cluster "${spec.cluster}" is ${observation.service.status}, so it has no revisions. Create it, or correct "service" of "${service.name}" in slipway.yaml.`,
    )
  }
  const arns = await knownArns(clients, observation, live)
  const rollbackTarget = lastGoodBefore(observation)?.targetTaskDefinition
  return await Promise.all(
    arns.map(async (arn) => ({
      ...(await describe(clients, { arn, service, record: newestRecord(observation, arn) })),
      isLive: arn === live,
      isRollbackTarget: arn === rollbackTarget,
    })),
  )
}

async function knownArns(
  clients: AwsClients,
  { serviceDeployments }: Observation,
  live: string,
): Promise<readonly string[]> {
  const { taskDefinitionArns = [] } = await clients.ecs.send(
    new ListTaskDefinitionsCommand({
      familyPrefix: familyOf(live),
      sort: 'DESC',
      maxResults: maxRevisions,
    }),
  )
  // The prefix also matches families with longer names.
  const registered = taskDefinitionArns.filter((arn) => familyOf(arn) === familyOf(live))
  const deployed =
    serviceDeployments === 'unavailable'
      ? []
      : serviceDeployments.flatMap(({ targetTaskDefinition: arn }) => (arn === '' ? [] : [arn]))
  const others = [...new Set([...registered, ...deployed])].filter((arn) => arn !== live)
  return [live, ...others.toSorted(byRevision).slice(0, maxRevisions - 1)].toSorted(byRevision)
}

function byRevision(one: string, other: string): number {
  return revisionNumber(other) - revisionNumber(one)
}

function newestRecord(
  { serviceDeployments }: Observation,
  arn: string,
): ObservedServiceDeployment | undefined {
  if (serviceDeployments === 'unavailable') return undefined
  return serviceDeployments.find(({ targetTaskDefinition }) => targetTaskDefinition === arn)
}

async function describe(
  clients: AwsClients,
  which: { arn: string; service: ServiceSpec; record: ObservedServiceDeployment | undefined },
): Promise<Omit<KnownRevision, 'isLive' | 'isRollbackTarget'>> {
  const { arn, service, record } = which
  const { definition, tags } = await describeTaskDefinition(clients, arn)
  const commit = tagOf(tags, revisionTags.commit)
  const release = tagOf(tags, revisionTags.release)
  return {
    taskDefinition: arn,
    status: definition.status ?? '',
    digests: pinnedDigests(service, definition, record?.targetDigests),
    ...(commit === undefined ? {} : { commit }),
    ...(release === undefined ? {} : { release }),
    ...(definition.registeredAt === undefined
      ? {}
      : { registeredAt: definition.registeredAt.getTime() }),
    ...(record === undefined ? {} : { deployedAt: record.createdAt, deployment: record.status }),
  }
}
