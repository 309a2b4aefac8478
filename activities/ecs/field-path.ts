import { fieldsOf } from '../../contract/check.ts'

/** `containerDefinitions.api.dockerLabels."com.example/team"`: a key that is not a word is quoted. */
export function fieldPath(path: string, key: string): string {
  const step = /^[\w-]+$/.test(key) ? key : JSON.stringify(key)
  return path === '' ? step : `${path}.${step}`
}

/**
 * The members of a list with their keys: their names if each has one of its own, as containers,
 * variables, secrets and volumes have; else their positions.
 */
export function keyedMembers(list: readonly unknown[]): readonly (readonly [string, unknown])[] {
  const names = list.map((member) => fieldsOf(member)?.['name'])
  const areNames = names.every((name) => typeof name === 'string')
  const areUnique = new Set(names).size === list.length
  return list.map((member, index) => [
    areNames && areUnique ? String(names[index]) : String(index),
    member,
  ])
}

/** At most so many paths are named in a message. */
const maxNamed = 10

/** `cpu, memory and 3 more` */
export function namedPaths(paths: readonly string[]): string {
  const rest = paths.length - maxNamed
  const first = paths.slice(0, maxNamed).join(', ')
  return rest > 0 ? `${first} and ${rest} more` : first
}
