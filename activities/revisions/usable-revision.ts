import type { Service } from '@aws-sdk/client-ecs'
import type { EnvironmentSpec, ServiceSpec } from '../../contract/environment-spec.ts'
import type { Revision } from '../../contract/activity-types.ts'
import { shortName } from '../../rollout/arn.ts'
import type { AwsClients } from '../aws/clients.ts'
import { revisionTags, tagOf } from '../ecs/revision-tags.ts'
import { findTaskDefinition, missingContainers } from '../ecs/task-definitions.ts'
import { containerImages, type ContainerImage } from '../image/container-images.ts'
import { digestsOfContainers } from '../image/digests-of-containers.ts'
import { findImage } from '../image/ecr.ts'
import { readImageDigests } from '../image/image-digests.ts'
import { definitionMisfits } from '../platform/definition-misfits.ts'
import { pinnedDigests } from './pinned-digests.ts'

/** A revision to roll a service back to. */
export interface RequestedRevision {
  readonly service: ServiceSpec
  readonly taskDefinition: string
  /** Digests from the ledger or from ECS, for containers whose image is not pinned. */
  readonly digests: Revision['digests']
}

export type UsableRevision = { readonly revision: Revision } | { readonly finding: string }

/** Whether a service can run a revision, and with which digests; otherwise, why not. */
export async function usableRevision(
  clients: AwsClients,
  requested: RequestedRevision & {
    readonly spec: EnvironmentSpec
    /** As ECS describes it: says where its tasks run. */
    readonly described: Service | undefined
  },
): Promise<UsableRevision> {
  const { spec, service, taskDefinition, described } = requested
  const name = shortName(taskDefinition)
  const listThem = `List the available ones: slipway revisions ${spec.environment} ${service.name}`
  const found = await findTaskDefinition(clients, taskDefinition)
  if (found === undefined) return { finding: `There is no task definition ${name}. ${listThem}` }
  const { arn, definition } = found
  if (definition.status !== 'ACTIVE') {
    const status = definition.status ?? 'of unknown status'
    const commit = tagOf(found.tags, revisionTags.commit)
    const remedy =
      commit === undefined
        ? listThem
        : `Deploy its commit, which registers the same content again and builds nothing: slipway deploy ${spec.environment} --commit ${commit}`
    return {
      finding: `Task definition ${name} is ${status}: it was deregistered, and ECS does not deploy it. ${remedy}`,
    }
  }
  const [missing] = missingContainers(service, found)
  if (missing !== undefined) return { finding: missing }
  const images = await containerImages(clients, { spec, service, definition })
  const image = await missingImage(clients, images)
  if (image !== undefined) {
    return {
      finding: `Task definition ${name} runs image ${image}, which is gone from the registry, so its tasks could not start. ${listThem}`,
    }
  }
  const wrong = { service: described, definition, images }
  const [misfit] = await definitionMisfits(clients, wrong, () => listThem)
  if (misfit !== undefined) return { finding: misfit }
  const digests = {
    ...digestsOfContainers(service, requested.digests),
    ...pinnedDigests(service, definition),
  }
  return {
    revision: {
      service: service.name,
      taskDefinition: arn,
      digests,
      ...(await readImageDigests(clients, { spec, service, digests })),
      registered: false,
    },
  }
}

/** The first image that its configured repository no longer has. */
async function missingImage(
  clients: AwsClients,
  images: readonly ContainerImage[],
): Promise<string | undefined> {
  for (const { image, reference, id } of images) {
    if ((await findImage(clients, image.repository, id)) === undefined) return reference
  }
  return undefined
}
