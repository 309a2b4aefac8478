import { AwsError } from '../http/types.ts'

const mutabilities = [
  'MUTABLE',
  'IMMUTABLE',
  'IMMUTABLE_WITH_EXCLUSION',
  'MUTABLE_WITH_EXCLUSION',
] as const

export type TagMutability = (typeof mutabilities)[number]

/** A private registry: every account has one in each region. */
export interface RegistryId {
  /** Twelve digits. ECR calls it `registryId`. */
  readonly account: string
  readonly region: string
}

export interface Repository extends RegistryId {
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly mutability: TagMutability
  /** Patterns such as `api-*` of the tags to which the opposite of `mutability` applies. */
  readonly exclusions: readonly string[]
  readonly tags: readonly { readonly Key: string; readonly Value: string }[]
}

/** As a state file has it. Without a registry, the repository is in that of the simulator's own account. */
export type SavedRepository = Omit<Repository, keyof RegistryId> & Partial<RegistryId>

/** The repositories of all registries. Their images are in the registry behind the proxy. */
export interface Repositories {
  add(repository: Repository): void
  find(registry: RegistryId, name: string): Repository | undefined
  /** By {@link Repositories.pathOf}. */
  at(path: string): Repository | undefined
  replace(repository: Repository): void
  remove(repository: Repository): void
  list(registry?: RegistryId): readonly Repository[]
  /**
   * Where the images of a repository are in the registry behind the proxy, which has one host for
   * all: `team/hello`, in the registry of another account or region
   * `444455556666.eu-central-1/team/hello`.
   */
  pathOf(repository: RegistryId & { readonly name: string }): string
}

/** @param home the registry of the simulator's own account and region */
export function createRepositories(
  home: RegistryId,
  saved: readonly SavedRepository[] = [],
): Repositories {
  const pathOf = ({ account, region, name }: RegistryId & { readonly name: string }): string =>
    account === home.account && region === home.region ? name : `${account}.${region}/${name}`
  const byPath = new Map(
    saved.map((one) => {
      const repository = { ...home, ...one }
      return [pathOf(repository), repository] as const
    }),
  )
  return {
    add: (repository) => void byPath.set(pathOf(repository), repository),
    find: (registry, name) => byPath.get(pathOf({ ...registry, name })),
    at: (path) => byPath.get(path),
    replace: (repository) => void byPath.set(pathOf(repository), repository),
    remove: (repository) => void byPath.delete(pathOf(repository)),
    list: (registry) =>
      [...byPath.values()]
        .filter(
          ({ account, region }) =>
            registry === undefined || (account === registry.account && region === registry.region),
        )
        .toSorted((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1)),
    pathOf,
  }
}

/** Whether a tag, once pushed, can never move to another image. */
export function isImmutable(repository: Repository, tag: string): boolean {
  const excluded = repository.exclusions.some((pattern) => matches(pattern, tag))
  switch (repository.mutability) {
    case 'MUTABLE':
      return false
    case 'IMMUTABLE':
      return true
    case 'IMMUTABLE_WITH_EXCLUSION':
      return !excluded
    case 'MUTABLE_WITH_EXCLUSION':
      return excluded
  }
}

/** Reads `imageTagMutability`. Fails with `InvalidParameterException` if ECR has no such value. */
export function readMutability(value: unknown): TagMutability {
  const known = mutabilities.find((each) => each === (value ?? 'MUTABLE'))
  if (known === undefined)
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'imageTagMutability' failed to satisfy constraint: 'Member must satisfy enum value set: [${mutabilities.join(', ')}]'`,
    )
  return known
}

/** `*` stands for any characters, as in ECR's exclusion filters of type `WILDCARD`. */
function matches(pattern: string, tag: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(tag)
}
