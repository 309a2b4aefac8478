import {
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  type Repository,
} from '@aws-sdk/client-ecr'
import type { ImageTarget, Target } from '../config/target.ts'
import type { AwsClients } from './aws-clients.ts'
import { failure } from './failures.ts'
import { nameOf } from './known-errors.ts'
import { placeOf } from './place.ts'
import type { FoundImage } from './types.ts'

/** The tag of the image of a commit: pushed once, never moved. */
export const immutableTag = (image: string, commit: string) => `${image}-${commit}`

/** The tag that always points at the newest release: a convenience in `pin` mode. */
export const movingTag = (image: string) => `${image}-latest`

/** Which of the images of a commit, or of one rebuild of it, are in the registry. Reads only. */
export async function findImages(
  clients: AwsClients,
  { target, commit, rebuild }: { target: Target; commit: string; rebuild?: string },
): Promise<readonly FoundImage[]> {
  return await Promise.all(
    target.images.map(async (image) => {
      const { repositoryUri } = await repositoryOf(clients, image)
      const suffix = rebuild === undefined ? '' : `-${rebuild}`
      const tag = `${immutableTag(image.name, commit)}${suffix}`
      const digest = await digestOf(clients, image.repository, tag)
      return {
        name: image.name,
        repositoryUri,
        tag,
        ...(rebuild === undefined ? {} : { fresh: true }),
        ...(digest === undefined ? {} : { digest }),
      }
    }),
  )
}

/** A repository with its address. Fails as `Rejected` where ECR does not have it. */
export async function repositoryOf(
  clients: AwsClients,
  image: ImageTarget,
): Promise<Repository & { readonly repositoryUri: string }> {
  const repository = await findRepository(clients, image.repository)
  if (repository?.repositoryUri === undefined) {
    throw failure('Rejected', missingRepository(image, await placeOf(clients)))
  }
  return { ...repository, repositoryUri: repository.repositoryUri }
}

export function missingRepository(image: ImageTarget, place: string): string {
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
    if (nameOf(error) === 'RepositoryNotFoundException') return undefined
    throw error
  }
}

/** The digest that a tag points at, or undefined where there is no such tag. */
export async function digestOf(
  clients: AwsClients,
  repositoryName: string,
  imageTag: string,
): Promise<string | undefined> {
  try {
    const answer = await clients.ecr.send(
      new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag }] }),
    )
    return answer.imageDetails?.[0]?.imageDigest
  } catch (error) {
    if (nameOf(error) === 'ImageNotFoundException') return undefined
    throw error
  }
}
