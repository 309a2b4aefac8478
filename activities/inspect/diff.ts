import type { Registrable } from '../ecs/task-definitions.ts'
import type { TaskDefinitionChange } from '../../contract/activity-types.ts'

/** What is shown instead of a value that may be secret. */
export const masked = '(hidden)'

/**
 * Every difference between two task definitions, by path. Lists whose members have names
 * (containers, variables, secrets, volumes) are compared by name and not by place. Values of
 * variables are masked, and so are options of a log driver, which hold tokens of some of them.
 */
export function diffTaskDefinitions(
  before: Registrable,
  after: Registrable,
): readonly TaskDefinitionChange[] {
  const was = leaves(before)
  const is = leaves(after)
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((path) => was.get(path) !== is.get(path))
    .toSorted()
    .map((path) => ({
      path,
      ...shown('before', path, was.get(path)),
      ...shown('after', path, is.get(path)),
    }))
}

function shown(side: 'before' | 'after', path: string, value: string | undefined) {
  if (value === undefined) return {}
  return { [side]: mayBeSecret(path) ? masked : value }
}

function mayBeSecret(path: string): boolean {
  return /^containerDefinitions\.[^]*\.(environment|logConfiguration\.options|dockerLabels)\./.test(
    path,
  )
}

/** Path → value of everything in a value that has no parts of its own. */
function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value)) {
    for (const [index, member] of value.entries()) leaves(...named(member, index, path), found)
  } else if (typeof value === 'object' && value !== null) {
    for (const [field, member] of Object.entries(value)) {
      leaves(member, path === '' ? field : `${path}.${field}`, found)
    }
  } else if (value !== undefined && value !== null) {
    found.set(path, typeof value === 'string' ? value : JSON.stringify(value))
  }
  return found
}

/** A member of a list with its path: by name where it has one. */
function named(member: unknown, index: number, path: string): [unknown, string] {
  if (typeof member !== 'object' || member === null) return [member, `${path}.${index}`]
  const { name, ...rest } = member as Record<string, unknown>
  if (typeof name !== 'string') return [member, `${path}.${index}`]
  const [only] = Object.keys(rest)
  // A variable reads better as `environment.PORT` than as `environment.PORT.value`.
  const isPair = Object.keys(rest).length === 1 && (only === 'value' || only === 'valueFrom')
  return [isPair ? Object.values(rest)[0] : rest, `${path}.${name}`]
}
