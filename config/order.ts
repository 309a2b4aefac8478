/** Something that waits for others. */
export interface Ordered {
  readonly name: string
  readonly after: readonly string[]
}

/**
 * Puts each item behind all that it waits for. Otherwise the order stays, so that the same file
 * always gives the same order. Unknown names in `after` are ignored, and so is an entry that closes
 * a cycle: both are found when the file is checked.
 */
export function inDependencyOrder<One extends Ordered>(all: readonly One[]): readonly One[] {
  const byName = new Map(all.map((one) => [one.name, one]))
  const seen = new Set<string>()
  const ordered: One[] = []
  const add = (one: One) => {
    if (seen.has(one.name)) return
    seen.add(one.name)
    for (const name of one.after) {
      const before = byName.get(name)
      if (before !== undefined) add(before)
    }
    ordered.push(one)
  }
  all.forEach(add)
  return ordered
}

/** The cycles among things that wait for one another: `[['api', 'worker', 'api']]`. */
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
