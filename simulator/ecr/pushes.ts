/**
 * What the registry's API does not tell: when an image came, and which images have no tag any
 * more. Filled as images pass the gate or `PutImage`.
 */
export interface Pushes {
  note(repository: string, digest: string): void
  /**
   * When it was pushed; for one that the simulator did not see come, when it was first seen.
   * Milliseconds since the epoch.
   */
  pushedAt(repository: string, digest: string): number
  digests(repository: string): readonly string[]
  forget(repository: string, digest?: string): void
  list(): SavedPushes
}

/** Repository, digest, and when it came. */
export type SavedPushes = readonly (readonly [string, string, number])[]

export function createPushes(now: () => number, saved: SavedPushes = []): Pushes {
  const times = new Map<string, Map<string, number>>()
  const of = (repository: string): Map<string, number> => {
    const known = times.get(repository) ?? new Map<string, number>()
    times.set(repository, known)
    return known
  }
  for (const [repository, digest, at] of saved) of(repository).set(digest, at)
  const note = (repository: string, digest: string): number => {
    const at = of(repository).get(digest) ?? now()
    of(repository).set(digest, at)
    return at
  }
  return {
    note,
    pushedAt: note,
    digests: (repository) => [...of(repository).keys()],
    forget(repository, digest) {
      if (digest === undefined) times.delete(repository)
      else of(repository).delete(digest)
    },
    list: () =>
      [...times].flatMap(([repository, digests]) =>
        [...digests].map(([digest, at]) => [repository, digest, at] as const),
      ),
  }
}
