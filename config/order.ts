/** Something that waits for others. */
export interface Ordered {
  readonly name: string
  readonly after: readonly string[]
}

/**
 * Each one behind all that it waits for; otherwise in the order given, so that the same file always
 * gives the same order. Names in `after` that are not in the list are ignored, and so is what closes a
 * cycle: {@link cycles} finds both beforehand.
 */
export function inDependencyOrder<One extends Ordered>(all: readonly One[]): readonly One[] {
  const byName = new Map(all.map((one) => [one.name, one]))
  const seen = new Set<string>()
  const ordered: One[] = []
  const place = (one: One) => {
    if (seen.has(one.name)) return
    seen.add(one.name)
    for (const name of one.after) {
      const before = byName.get(name)
      if (before !== undefined) place(before)
    }
    ordered.push(one)
  }
  all.forEach(place)
  return ordered
}

/** The ways round in which things wait for one another: `[['api', 'worker', 'api']]`. */
export function cycles(all: readonly Ordered[]): readonly (readonly string[])[] {
  const byName = new Map(all.map((one) => [one.name, one]))
  const finished = new Set<string>()
  const found: string[][] = []
  const walk = (one: Ordered, trail: readonly string[]) => {
    const start = trail.indexOf(one.name)
    if (start >= 0) {
      found.push([...trail.slice(start), one.name])
      return
    }
    if (finished.has(one.name)) return
    for (const name of one.after) {
      const before = byName.get(name)
      if (before !== undefined) walk(before, [...trail, one.name])
    }
    finished.add(one.name)
  }
  for (const one of all) walk(one, [])
  return found
}
