import type { TaskDefinition } from '@aws-sdk/client-ecs'
import type { EnvironmentSpec, ServiceSpec } from '../../contract/environment-spec.ts'
import type { Revision } from '../../contract/activity-types.ts'
import { shortName } from '../../rollout/arn.ts'
import type { AwsClients } from '../aws/clients.ts'
import { revisionTags, tagOf } from '../ecs/revision-tags.ts'
import { findTaskDefinition, missingContainers } from '../ecs/task-definitions.ts'
import { findImage, findRepository } from '../image/ecr.ts'
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
  requested: RequestedRevision & { readonly spec: EnvironmentSpec },
): Promise<UsableRevision> {
  const { spec, service, taskDefinition, digests } = requested
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
  const image = await missingImage(clients, { spec, service, definition })
  if (image !== undefined) {
    return {
      finding: `Task definition ${name} runs image ${image}, which is gone from the registry, so its tasks could not start. ${listThem}`,
    }
  }
  return {
    revision: {
      service: service.name,
      taskDefinition: arn,
      digests: { ...digests, ...pinnedDigests(service, definition) },
      registered: false,
    },
  }
}

/** The first image that its configured repository no longer has. Other repositories are unknown. */
async function missingImage(
  clients: AwsClients,
  which: { spec: EnvironmentSpec; service: ServiceSpec; definition: TaskDefinition },
): Promise<string | undefined> {
  const { spec, service, definition } = which
  for (const { name = '', image = '' } of definition.containerDefinitions ?? []) {
    const configured = spec.images.find((one) => one.name === service.containers[name])
    if (configured === undefined) continue
    const uri = (await findRepository(clients, configured.repository))?.repositoryUri
    if (uri === undefined || !image.startsWith(uri)) continue
    const [, separator, reference] = /^([@:])(.+)$/.exec(image.slice(uri.length)) ?? []
    if (reference === undefined) continue
    const id = separator === '@' ? { imageDigest: reference } : { imageTag: reference }
    if ((await findImage(clients, configured.repository, id)) === undefined) return image
  }
  return undefined
}
