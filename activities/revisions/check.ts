import { DescribeImagesCommand } from '@aws-sdk/client-ecr'
import type { TaskDefinition } from '@aws-sdk/client-ecs'
import { ApplicationFailure } from '@temporalio/common'
import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { findRepository } from '../image/ecr.ts'
import { errorName } from '../aws/errors.ts'

import { revisionTags, tagOf } from '../ecs/revision-tags.ts'
import { describeTaskDefinition, missingContainers } from '../ecs/task-definitions.ts'
import { shortName } from '../../rollout/arn.ts'
import type { Revision } from '../../contract/activity-types.ts'

export type Usable = { readonly revision: Revision } | { readonly finding: string }

/** Whether a service can go back to a revision, and to which digests; else why not. */
export async function usableRevision(
  clients: AwsClients,
  { spec, service, taskDefinition, digests }: WantedRevision & { readonly spec: EnvironmentSpec },
): Promise<Usable> {
  const name = shortName(taskDefinition)
  const see = `See the ones there are: slipway revisions ${spec.environment} ${service.name}.`
  const found = await describeTaskDefinition(clients, taskDefinition).catch((error: unknown) => {
    if (error instanceof ApplicationFailure && error.type === 'PreconditionFailed') return undefined
    throw error
  })
  if (found === undefined) return { finding: `There is no task definition ${name}. ${see}` }
  const { arn, definition } = found
  if (definition.status !== 'ACTIVE') {
    const status = definition.status ?? 'of unknown status'
    const commit = tagOf(found.tags, revisionTags.commit)
    const anew =
      commit === undefined
        ? see
        : `Deploy its commit, which registers the same anew and builds nothing: slipway deploy ${spec.environment} --commit ${commit}`
    return {
      finding: `Task definition ${name} is ${status}: it was deregistered, and ECS starts no deployment of it. ${anew}`,
    }
  }
  const [missing] = missingContainers(service, found)
  if (missing !== undefined) return { finding: missing }
  const gone = await missingImage(clients, { spec, service, definition })
  if (gone !== undefined) {
    return {
      finding: `Task definition ${name} runs image ${gone}, which is gone from the registry, so its tasks could not start. ${see}`,
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

function pinnedDigests(service: ServiceSpec, { containerDefinitions }: TaskDefinition) {
  return Object.fromEntries(
    (containerDefinitions ?? []).flatMap(({ name = '', image = '' }) => {
      const digest = image.split('@')[1]
      return digest === undefined || service.containers[name] === undefined ? [] : [[name, digest]]
    }),
  ) as Record<string, string>
}

/** The first image of the configuration's own repositories that is not there any more. */
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
    // Of a repository that is not in the configuration nothing is known.
    if (reference === undefined) continue
    const imageId = separator === '@' ? { imageDigest: reference } : { imageTag: reference }
    if (!(await isThere(clients, configured.repository, imageId))) return image
  }
  return undefined
}

async function isThere(
  clients: AwsClients,
  repositoryName: string,
  imageId: { imageDigest: string } | { imageTag: string },
): Promise<boolean> {
  try {
    const { imageDetails = [] } = await clients.ecr.send(
      new DescribeImagesCommand({ repositoryName, imageIds: [imageId] }),
    )
    return imageDetails.length > 0
  } catch (error) {
    if (errorName(error) === 'ImageNotFoundException') return false
    throw error
  }
}

/** A revision for a service, with digests that are known by other means than its own text. */
export interface WantedRevision {
  readonly service: ServiceSpec
  readonly taskDefinition: string
  readonly digests: Revision['digests']
}
