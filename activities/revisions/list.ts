import { ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs'
import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import { lastGoodBefore } from '../../rollout/last-good.ts'
import {
  type Observation,
  type ObservedServiceDeployment,
  primaryOf,
} from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { failure } from '../temporal/failures.ts'
import { observe } from '../ecs/observe.ts'
import { revisionTags, tagOf } from '../ecs/revision-tags.ts'
import { describeTaskDefinition } from '../ecs/task-definitions.ts'
import { familyOf } from '../../rollout/arn.ts'
import type { KnownRevision } from '../../contract/activity-types.ts'

/** As many as are described at once: well within the burst that ECS allows. */
const mostRevisions = 20

/**
 * The newest revisions of a service, newest first: those that are registered and those that were
 * deployed in the last 90 days, with what came of them. Reads only.
 *
 * Fails as `PreconditionFailed` where the service is not there.
 */
export async function listRevisions(
  clients: AwsClients,
  { spec, service }: { spec: EnvironmentSpec; service: ServiceSpec },
): Promise<readonly KnownRevision[]> {
  const observation = await observe(clients, { cluster: spec.cluster, service: service.ecsService })
  const live = primaryOf(observation)?.taskDefinition
  if (live === undefined) {
    throw failure(
      'PreconditionFailed',
      `Service "${service.ecsService}" in cluster "${spec.cluster}" is ${observation.service.status}: it has no revisions. Correct "service" of "${service.name}" in slipway.yaml, or create it.`,
    )
  }
  const arns = await knownArns(clients, observation, live)
  const back = lastGoodBefore(observation)?.targetTaskDefinition
  return await Promise.all(
    arns.map((arn) =>
      describe(clients, { arn, live, back, record: newestOf(observation, arn), service }),
    ),
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
      maxResults: mostRevisions,
    }),
  )
  // A prefix also matches longer names.
  const registered = taskDefinitionArns.filter((arn) => familyOf(arn) === familyOf(live))
  const deployed =
    serviceDeployments === 'unavailable'
      ? []
      : serviceDeployments.flatMap(({ targetTaskDefinition: arn }) => (arn === '' ? [] : [arn]))
  const others = [...new Set([...registered, ...deployed])].filter((arn) => arn !== live)
  return [live, ...others.toSorted(byRevision).slice(0, mostRevisions - 1)].toSorted(byRevision)
}

function byRevision(one: string, other: string): number {
  return numberOf(other) - numberOf(one)
}

/** `arn:aws:ecs:…:task-definition/mailman-api:42` → 42 */
function numberOf(arn: string): number {
  return Number(arn.slice(arn.lastIndexOf(':') + 1))
}

function newestOf(
  { serviceDeployments }: Observation,
  arn: string,
): ObservedServiceDeployment | undefined {
  if (serviceDeployments === 'unavailable') return undefined
  return serviceDeployments.find(({ targetTaskDefinition }) => targetTaskDefinition === arn)
}

interface Which {
  readonly arn: string
  readonly live: string
  readonly back: string | undefined
  readonly record: ObservedServiceDeployment | undefined
  readonly service: ServiceSpec
}

async function describe(clients: AwsClients, which: Which): Promise<KnownRevision> {
  const { arn, live, back, record, service } = which
  const { definition, tags } = await describeTaskDefinition(clients, arn)
  const pinned = (definition.containerDefinitions ?? []).flatMap(({ name = '', image = '' }) => {
    const digest = image.split('@')[1] ?? record?.targetDigests[name]
    return digest === undefined || service.containers[name] === undefined ? [] : [[name, digest]]
  })
  const commit = tagOf(tags, revisionTags.commit)
  const release = tagOf(tags, revisionTags.release)
  return {
    taskDefinition: arn,
    status: definition.status ?? '',
    digests: Object.fromEntries(pinned) as Record<string, string>,
    isLive: arn === live,
    isRollbackTarget: arn === back,
    ...(commit === undefined ? {} : { commit }),
    ...(release === undefined ? {} : { release }),
    ...(definition.registeredAt === undefined
      ? {}
      : { registeredAt: definition.registeredAt.getTime() }),
    ...(record === undefined ? {} : { deployedAt: record.createdAt, deployment: record.status }),
  }
}
