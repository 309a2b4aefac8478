import { AwsError } from '../http/types.ts'

const mutabilities = [
  'MUTABLE',
  'IMMUTABLE',
  'IMMUTABLE_WITH_EXCLUSION',
  'MUTABLE_WITH_EXCLUSION',
] as const

export type TagMutability = (typeof mutabilities)[number]

export interface Repository {
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly mutability: TagMutability
  /** Patterns such as `api-*` of the tags to which the opposite of `mutability` applies. */
  readonly exclusions: readonly string[]
  readonly tags: readonly { readonly Key: string; readonly Value: string }[]
}

/** The repositories of one account, by name. Their images are in the registry. */
export interface Repositories {
  add(repository: Repository): void
  find(name: string): Repository | undefined
  replace(repository: Repository): void
  remove(name: string): void
  list(): readonly Repository[]
}

export function createRepositories(saved: readonly Repository[] = []): Repositories {
  const byName = new Map(saved.map((repository) => [repository.name, repository]))
  return {
    add: (repository) => void byName.set(repository.name, repository),
    find: (name) => byName.get(name),
    replace: (repository) => void byName.set(repository.name, repository),
    remove: (name) => void byName.delete(name),
    list: () => [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
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
