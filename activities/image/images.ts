import {
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  type ImageDetail,
  type ImageIdentifier,
  type Repository,
} from '@aws-sdk/client-ecr'
import type { ImageSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { failure } from '../temporal/failures.ts'
import { errorName } from '../aws/errors.ts'
import { locationOf } from '../aws/location.ts'
import type { FoundImage, InspectedService } from '../../contract/activity-types.ts'

/** The tag of the image of a commit: pushed once, never moved. */
export const immutableTag = (image: string, commit: string) => `${image}-${commit}`

/** The tag that always points at the newest release: a convenience in `pin` mode. */
export const movingTag = (image: string) => `${image}-latest`

interface Wanted {
  readonly spec: EnvironmentSpec
  readonly commit: string
  /** Looks for the images of this rebuild alone. */
  readonly rebuild?: string
  /** What runs now: an image that was rebuilt from this very commit is not taken back by it. */
  readonly running?: readonly Pick<InspectedService, 'name' | 'now'>[]
}

/**
 * Which of the images of a commit, or of one rebuild of it, are in the registry. Where one that was
 * rebuilt from this commit runs now, it is that one, and not the older one. Reads only.
 */
export async function findImages(
  clients: AwsClients,
  wanted: Wanted,
): Promise<readonly FoundImage[]> {
  return await Promise.all(
    wanted.spec.images.map(async (image): Promise<FoundImage> => {
      const { name } = image
      const { repositoryUri } = await repositoryOf(clients, image)
      const { rebuild } = wanted
      const first = immutableTag(name, wanted.commit)
      if (rebuild !== undefined) {
        const tag = `${first}-${rebuild}`
        const there = await digestOf(clients, image.repository, tag)
        return { name, repositoryUri, tag, fresh: true, ...(there && { digest: there }) }
      }
      const digest = await digestOf(clients, image.repository, first)
      const rebuilt = await rebuiltAndRunning(clients, image, wanted, digest)
      return { name, repositoryUri, tag: first, ...(digest && { digest }), ...rebuilt }
    }),
  )
}

/** The image that runs, where its tag says that it was rebuilt from this commit: the newest. */
async function rebuiltAndRunning(
  clients: AwsClients,
  image: ImageSpec,
  { spec, commit, running = [] }: Wanted,
  first: string | undefined,
): Promise<Required<Pick<FoundImage, 'tag' | 'digest'>> | undefined> {
  const digests = running.flatMap(({ name, now }) => {
    const containers = spec.services.find((service) => service.name === name)?.containers ?? {}
    return Object.entries(now.digests).flatMap(([container, digest]) =>
      containers[container] === image.name && digest !== first ? [digest] : [],
    )
  })
  const prefix = `${immutableTag(image.name, commit)}-`
  const found = await Promise.all(
    [...new Set(digests)].map(async (digest) => {
      const tags = await tagsOf(clients, image.repository, digest)
      return tags.filter((tag) => tag.startsWith(prefix)).map((tag) => ({ tag, digest }))
    }),
  )
  return found.flat().toSorted((one, other) => (one.tag < other.tag ? 1 : -1))[0]
}

/** A repository with its address. Fails as `PreconditionFailed` where ECR does not have it. */
export async function repositoryOf(
  clients: AwsClients,
  image: ImageSpec,
): Promise<Repository & { readonly repositoryUri: string }> {
  const repository = await findRepository(clients, image.repository)
  if (repository?.repositoryUri === undefined) {
    throw failure('PreconditionFailed', missingRepository(image, await locationOf(clients)))
  }
  return { ...repository, repositoryUri: repository.repositoryUri }
}

export function missingRepository(image: ImageSpec, place: string): string {
  return `There is no ECR repository "${image.repository}" for image "${image.name}" in ${place}. Create it ("aws ecr create-repository --repository-name ${image.repository}") or correct "repository" of the image in slipway.yaml.`
}

/** A repository by name, or undefined where ECR does not have it. */
export async function findRepository(
  clients: AwsClients,
  name: string,
): Promise<Repository | undefined> {
  try {
    const answer = await clients.ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: [name] }),
    )
    return answer.repositories?.[0]
  } catch (error) {
    if (errorName(error) === 'RepositoryNotFoundException') return undefined
    throw error
  }
}

/** The digest that a tag points at, or undefined where there is no such tag. */
export async function digestOf(
  clients: AwsClients,
  repositoryName: string,
  imageTag: string,
): Promise<string | undefined> {
  return (await describeImage(clients, repositoryName, { imageTag }))?.imageDigest
}

async function tagsOf(
  clients: AwsClients,
  repositoryName: string,
  imageDigest: string,
): Promise<readonly string[]> {
  return (await describeImage(clients, repositoryName, { imageDigest }))?.imageTags ?? []
}

async function describeImage(
  clients: AwsClients,
  repositoryName: string,
  id: ImageIdentifier,
): Promise<ImageDetail | undefined> {
  try {
    const answer = await clients.ecr.send(
      new DescribeImagesCommand({ repositoryName, imageIds: [id] }),
    )
    return answer.imageDetails?.[0]
  } catch (error) {
    if (errorName(error) === 'ImageNotFoundException') return undefined
    throw error
  }
}
