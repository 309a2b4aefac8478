import {
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  type ImageDetail,
  type ImageIdentifier,
  type Repository,
} from '@aws-sdk/client-ecr'
import type { ImageSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { errorName } from '../aws/errors.ts'
import { locationOf } from '../aws/location.ts'
import { failure } from '../temporal/failures.ts'

/** A repository with its URI. Fails as `PreconditionFailed` if ECR does not have it. */
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

export function missingRepository(image: ImageSpec, location: string): string {
  return `There is no ECR repository "${image.repository}" for image "${image.name}" in ${location}. Create it ("aws ecr create-repository --repository-name ${image.repository}") or correct "repository" of the image in slipway.yaml.`
}

/** A repository by name, or undefined if ECR does not have it. */
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

/** The digest that a tag points at, or undefined if there is no such tag. */
export async function digestOf(
  clients: AwsClients,
  repositoryName: string,
  imageTag: string,
): Promise<string | undefined> {
  return (await findImage(clients, repositoryName, { imageTag }))?.imageDigest
}

/** The tags that point at a digest; none if there is no such image. */
export async function tagsOf(
  clients: AwsClients,
  repositoryName: string,
  imageDigest: string,
): Promise<readonly string[]> {
  return (await findImage(clients, repositoryName, { imageDigest }))?.imageTags ?? []
}

/** An image by tag or digest, or undefined if the repository does not have it. */
export async function findImage(
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
