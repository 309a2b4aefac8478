import type { Registrable } from '../ecs/task-definitions.ts'
import type { TaskDefinitionChange } from '../../contract/activity-types.ts'

/** Shown instead of a value that may be secret. */
const masked = '(hidden)'

/**
 * Every difference between two task definitions, by path. Lists whose members have names
 * (containers, variables, secrets, volumes) are compared by name, not by position. Masks the values
 * of variables, labels and log driver options, any of which may contain tokens.
 */
export function diffTaskDefinitions(
  before: Registrable,
  after: Registrable,
): readonly TaskDefinitionChange[] {
  const old = leaves(before)
  const current = leaves(after)
  return [...new Set([...old.keys(), ...current.keys()])]
    .filter((path) => old.get(path) !== current.get(path))
    .toSorted()
    .map((path) => ({
      path,
      ...side('before', path, old.get(path)),
      ...side('after', path, current.get(path)),
    }))
}

function side(name: 'before' | 'after', path: string, value: string | undefined) {
  if (value === undefined) return {}
  return { [name]: mayBeSecret(path) ? masked : value }
}

function mayBeSecret(path: string): boolean {
  return /^containerDefinitions\.[^]*\.(environment|logConfiguration\.options|dockerLabels)\./.test(
    path,
  )
}

/** Path → value of every primitive in a nested value. */
function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value)) {
    for (const [index, member] of value.entries()) leaves(...memberAt(member, index, path), found)
  } else if (typeof value === 'object' && value !== null) {
    for (const [field, member] of Object.entries(value)) {
      leaves(member, path === '' ? field : `${path}.${field}`, found)
    }
  } else if (value !== undefined && value !== null) {
    found.set(path, typeof value === 'string' ? value : JSON.stringify(value))
  }
  return found
}

/** A member of a list with its path: by name if it has one, else by index. */
function memberAt(member: unknown, index: number, path: string): [unknown, string] {
  if (typeof member !== 'object' || member === null) return [member, `${path}.${index}`]
  const { name, ...rest } = member as Record<string, unknown>
  if (typeof name !== 'string') return [member, `${path}.${index}`]
  const [only] = Object.keys(rest)
  // A variable reads better as `environment.PORT` than as `environment.PORT.value`.
  const isPair = Object.keys(rest).length === 1 && (only === 'value' || only === 'valueFrom')
  return [isPair ? Object.values(rest)[0] : rest, `${path}.${name}`]
}
