import { AwsError, type Call, type Operations } from '../http/types.ts'
import {
  type EcrContext,
  invalid,
  page,
  registryOf,
  repositoryNotFound,
  repositoryOf,
  requireText,
} from './context.ts'
import { allImages } from './find-image.ts'
import { readMutability, type Repository } from './repositories.ts'

/** ECR's rule for repository names. */
const namePattern = /^(?=.{2,256}$)(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/

/** CreateRepository, DescribeRepositories, DeleteRepository, PutImageTagMutability. */
export function repositoryOperations(context: EcrContext): Operations {
  const { repositories } = context
  return {
    CreateRepository(call) {
      const name = requireText(call, 'repositoryName')
      if (!namePattern.test(name))
        throw invalid(
          `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*''`,
        )
      const registry = registryOf(context, call)
      if (repositories.find(registry, name) !== undefined)
        throw new AwsError(
          'RepositoryAlreadyExistsException',
          `The repository with name '${name}' already exists in the registry with id '${registry.account}'`,
        )
      const repository: Repository = {
        ...registry,
        name,
        createdAt: context.now(),
        ...readTagRules(call),
        tags: (call.input['tags'] as Repository['tags'] | undefined) ?? [],
      }
      repositories.add(repository)
      return { repository: describe(context, repository) }
    },

    DescribeRepositories(call) {
      const names = call.input['repositoryNames'] as readonly string[] | undefined
      const registry = registryOf(context, call)
      if (names === undefined || names.length === 0) {
        const { items, nextToken } = page(call, repositories.list(registry))
        return { repositories: items.map((each) => describe(context, each)), nextToken }
      }
      return {
        repositories: names.map((name) => {
          const found = repositories.find(registry, name)
          if (found === undefined) throw repositoryNotFound(registry, name)
          return describe(context, found)
        }),
      }
    },

    async DeleteRepository(call) {
      const repository = repositoryOf(context, call)
      const path = repositories.pathOf(repository)
      const images = await allImages(context, path)
      if (images.length > 0 && call.input['force'] !== true)
        throw new AwsError(
          'RepositoryNotEmptyException',
          `The repository with name '${repository.name}' in registry with id '${repository.account}' cannot be deleted because it still contains images`,
        )
      for (const { manifest } of images) await context.registry.remove(path, manifest.digest)
      context.pushes.forget(path)
      repositories.remove(repository)
      return { repository: describe(context, repository) }
    },

    PutImageTagMutability(call) {
      const repository = { ...repositoryOf(context, call), ...readTagRules(call) }
      repositories.replace(repository)
      return {
        registryId: repository.account,
        repositoryName: repository.name,
        imageTagMutability: repository.mutability,
        imageTagMutabilityExclusionFilters: filters(repository),
      }
    },
  }
}

function describe(context: EcrContext, repository: Repository) {
  return {
    repositoryArn: `arn:aws:ecr:${repository.region}:${repository.account}:repository/${repository.name}`,
    registryId: repository.account,
    repositoryName: repository.name,
    repositoryUri: context.uriOf(repository),
    createdAt: new Date(repository.createdAt),
    imageTagMutability: repository.mutability,
    imageTagMutabilityExclusionFilters: filters(repository),
    imageScanningConfiguration: { scanOnPush: false },
    encryptionConfiguration: { encryptionType: 'AES256' },
  }
}

function filters(repository: Repository) {
  if (repository.exclusions.length === 0) return undefined
  return repository.exclusions.map((filter) => ({ filterType: 'WILDCARD', filter }))
}

function readTagRules(call: Call): Pick<Repository, 'mutability' | 'exclusions'> {
  const mutability = readMutability(call.input['imageTagMutability'])
  const given = (call.input['imageTagMutabilityExclusionFilters'] ?? []) as readonly {
    readonly filter?: string
  }[]
  const exclusions = given.map(({ filter }) => filter ?? '')
  const needsExclusions = mutability.endsWith('_WITH_EXCLUSION')
  if (needsExclusions !== exclusions.length > 0)
    throw invalid(
      `imageTagMutabilityExclusionFilters ${needsExclusions ? 'must' : 'must not'} be given with imageTagMutability ${mutability}`,
    )
  return { mutability, exclusions }
}
