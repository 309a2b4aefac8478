/**
 * What the registry's API does not tell: when an image came, and which images have no tag any
 * more. Filled as images pass the gate or `PutImage`.
 */
export interface Pushes {
  note(repository: string, digest: string): void
  /** When it was pushed; for one that the simulator did not see come, when it was first seen. */
  pushedAt(repository: string, digest: string): Date
  digests(repository: string): readonly string[]
  forget(repository: string, digest?: string): void
}

export function createPushes(now: () => number): Pushes {
  const times = new Map<string, Map<string, Date>>()
  const of = (repository: string): Map<string, Date> => {
    const known = times.get(repository) ?? new Map<string, Date>()
    times.set(repository, known)
    return known
  }
  const note = (repository: string, digest: string): Date => {
    const at = of(repository).get(digest) ?? new Date(now())
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
  }
}
