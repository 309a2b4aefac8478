import {
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  type ECRClient,
  type ImageDetail,
  type ImageIdentifier,
  type Repository,
} from '@aws-sdk/client-ecr'
import { ecrRepositoryOf } from '../../contract/ecr-repository.ts'
import type { ImageSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { errorName } from '../aws/errors.ts'
import { locationOf } from '../aws/location.ts'
import { failure } from '../temporal/failures.ts'

/** A repository of `slipway.yaml`, as calls to ECR name it. */
export interface EcrTarget {
  /** A client for the region of its registry. */
  readonly ecr: ECRClient
  /** To be part of the input of each call. */
  readonly id: { readonly repositoryName: string; readonly registryId?: string }
}

/** @param repository name or address, as an image of `slipway.yaml` has it */
export function ecrTarget(clients: AwsClients, repository: string): EcrTarget {
  const { name: repositoryName, registry } = ecrRepositoryOf(repository)
  if (registry === undefined) return { ecr: clients.ecr, id: { repositoryName } }
  return {
    ecr: clients.ecrIn(registry.region),
    id: { repositoryName, registryId: registry.account },
  }
}

/** A repository with its URI. Fails as `PreconditionFailed` if ECR does not have it. */
export async function repositoryOf(
  clients: AwsClients,
  image: ImageSpec,
): Promise<Repository & { readonly repositoryUri: string }> {
  const repository = await findRepository(clients, image.repository)
  if (repository?.repositoryUri === undefined) {
    throw failure('PreconditionFailed', await missingRepository(clients, image))
  }
  return { ...repository, repositoryUri: repository.repositoryUri }
}

/** What to do about a repository that ECR does not have. */
export async function missingRepository(clients: AwsClients, image: ImageSpec): Promise<string> {
  const { name, registry } = ecrRepositoryOf(image.repository)
  const create = `aws ecr create-repository --repository-name ${name}`
  if (registry === undefined) {
    return `There is no ECR repository "${name}" for image "${image.name}" in ${await locationOf(clients)}. Create it ("${create}"), or correct "repository" of the image in slipway.yaml: for the registry of another account or region, write the address of the repository.`
  }
  const { account, region } = registry
  return `There is no ECR repository "${name}" for image "${image.name}" in region ${region}, account ${account}. Create it there ("${create} --region ${region}", with credentials of account ${account}), or correct "repository" of the image in slipway.yaml.`
}

/** A repository by name or address, or undefined if ECR does not have it. */
export async function findRepository(
  clients: AwsClients,
  repository: string,
): Promise<Repository | undefined> {
  const { ecr, id } = ecrTarget(clients, repository)
  const { repositoryName, ...registry } = id
  try {
    const answer = await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: [repositoryName], ...registry }),
    )
    const [found] = answer.repositories ?? []
    return found && withAddress(found, repository)
  } catch (error) {
    if (errorName(error) === 'RepositoryNotFoundException') return undefined
    throw error
  }
}

/**
 * ECR answers with the usual host, but the same registry has others, such as a dual-stack one: the
 * configured one is used. Of an endpoint that is not AWS's, only its own answer is right.
 */
function withAddress(found: Repository, repository: string): Repository {
  const { registry } = ecrRepositoryOf(repository)
  const answered = ecrRepositoryOf(found.repositoryUri ?? '').registry
  if (registry === undefined || answered === undefined) return found
  return { ...found, repositoryUri: repository }
}

/** The digest that a tag points at, or undefined if there is no such tag. */
export async function digestOf(
  clients: AwsClients,
  repository: string,
  imageTag: string,
): Promise<string | undefined> {
  return (await findImage(clients, repository, { imageTag }))?.imageDigest
}

/** The tags that point at a digest; none if there is no such image. */
export async function tagsOf(
  clients: AwsClients,
  repository: string,
  imageDigest: string,
): Promise<readonly string[]> {
  return (await findImage(clients, repository, { imageDigest }))?.imageTags ?? []
}

/** An image by tag or digest, or undefined if the repository does not have it. */
export async function findImage(
  clients: AwsClients,
  repository: string,
  id: ImageIdentifier,
): Promise<ImageDetail | undefined> {
  const { ecr, id: target } = ecrTarget(clients, repository)
  try {
    const answer = await ecr.send(new DescribeImagesCommand({ ...target, imageIds: [id] }))
    return answer.imageDetails?.[0]
  } catch (error) {
    if (errorName(error) === 'ImageNotFoundException') return undefined
    throw error
  }
}
