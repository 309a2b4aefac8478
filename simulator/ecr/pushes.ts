/**
 * What the registry's API does not report: when an image was pushed, and which images have lost
 * their tags. Recorded for images that come through the registry proxy or `PutImage`.
 */
export interface Pushes {
  note(repository: string, digest: string): void
  /**
   * When the image was pushed; if the simulator did not see the push, when it first saw the image.
   * Milliseconds since the epoch.
   */
  pushedAt(repository: string, digest: string): number
  digests(repository: string): readonly string[]
  forget(repository: string, digest?: string): void
  list(): SavedPushes
}

/** Repository, digest, and time of the push. */
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
