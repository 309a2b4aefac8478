import { AwsError, type Call } from '../http/types.ts'
import type { Pushes } from './pushes.ts'
import type { Registry } from './registry.ts'
import type { RegistryId, Repositories, Repository } from './repositories.ts'
import type { Tokens } from './tokens.ts'

/** What every ECR operation uses. */
export interface EcrContext {
  /** Of the simulator's own account and region. */
  readonly home: RegistryId
  readonly now: () => number
  readonly repositories: Repositories
  readonly registry: Registry
  readonly tokens: Tokens
  readonly pushes: Pushes
  /** `host:port/path`, or ECR's own form where there is no registry proxy. */
  readonly uriOf: (repository: Repository) => string
  /** Where a layer can be read for a while without a login. Undefined without a registry proxy. */
  readonly layerUrlOf: (repository: Repository, digest: string) => string | undefined
  /** `http://host:port`, or ECR's own form where there is no registry proxy. */
  readonly proxyEndpointOf: (registry: RegistryId) => string
}

/**
 * The registry that a call is about: that of its `registryId`, in the region that it is sent to.
 * Without one it is the simulator's own, which answers in every region, as its other services do.
 */
export function registryOf({ home }: EcrContext, call: Call): RegistryId {
  const account = optionalText(call, 'registryId')
  return account === undefined ? home : { account, region: call.region }
}

export function repositoryNotFound({ account }: RegistryId, name: string): AwsError {
  return new AwsError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${account}'`,
  )
}

/** The repository in a call's `repositoryName`. Fails with `RepositoryNotFoundException`. */
export function repositoryOf(context: EcrContext, call: Call): Repository {
  const name = requireText(call, 'repositoryName')
  const registry = registryOf(context, call)
  const found = context.repositories.find(registry, name)
  if (found === undefined) throw repositoryNotFound(registry, name)
  return found
}

export function requireText(call: Call, field: string): string {
  const value = call.input[field]
  if (typeof value === 'string' && value !== '') return value
  throw invalid(`Invalid parameter at '${field}' failed to satisfy constraint: 'must not be null'`)
}

export function optionalText(call: Call, field: string): string | undefined {
  const value = call.input[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

/**
 * One page of a list: `maxResults` items (1 to 1000, default 100) from `nextToken` on. A token is
 * the number of items before it, which is enough as long as nothing changes between two pages.
 */
export function page<T>(call: Call, items: readonly T[]): { items: T[]; nextToken?: string } {
  const size = Number(call.input['maxResults'] ?? 100)
  if (!Number.isInteger(size) || size < 1 || size > 1000)
    throw invalid(
      `Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must be between 1 and 1000'`,
    )
  const token = optionalText(call, 'nextToken')
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString())
  if (!Number.isInteger(start) || start < 0)
    throw invalid(`Invalid parameter at 'nextToken': this operation did not return it`)
  const next = start + size
  return {
    items: items.slice(start, next),
    ...(next < items.length && { nextToken: Buffer.from(String(next)).toString('base64url') }),
  }
}
