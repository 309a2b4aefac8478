import type { TaskDefinition } from '@aws-sdk/client-ecs'
import { fieldsOf } from '../../contract/check.ts'
import type { TaskDefinitionChange } from '../../contract/activity-types.ts'
import { isExactNumber } from '../aws/exact-json.ts'
import { fieldPath, keyedMembers } from '../ecs/field-path.ts'
import type { TaskDefinitionDocument } from '../ecs/task-definition-document.ts'

/** Shown instead of a value that may be secret. */
const masked = '(hidden)'

export interface ComparedDefinition {
  readonly document: TaskDefinitionDocument
  /** The same with only those fields that the SDK knows. */
  readonly definition: Partial<TaskDefinition>
}

/**
 * Every difference between two task definitions, by path. Lists whose members have names
 * (containers, variables, secrets, volumes) are compared by name, not by position. Masks the values
 * of variables, labels and driver options, any of which may contain tokens, and those of fields
 * that the SDK does not know.
 */
export function diffTaskDefinitions(
  before: ComparedDefinition,
  after: ComparedDefinition,
): readonly TaskDefinitionChange[] {
  const old = leaves(before.document)
  const current = leaves(after.document)
  const known = new Set([...leaves(before.definition).keys(), ...leaves(after.definition).keys()])
  return changedPaths(old, current).map((path) => ({
    path,
    ...side('before', known.has(path) ? path : undefined, old.get(path)),
    ...side('after', known.has(path) ? path : undefined, current.get(path)),
  }))
}

/** The paths of {@link diffTaskDefinitions}, without any values. */
export function differingPaths(
  before: TaskDefinitionDocument,
  after: TaskDefinitionDocument,
): readonly string[] {
  return changedPaths(leaves(before), leaves(after))
}

function changedPaths(
  old: ReadonlyMap<string, string>,
  current: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...old.keys(), ...current.keys()])]
    .filter((path) => old.get(path) !== current.get(path))
    .toSorted()
}

/** @param path undefined if the SDK does not know the field */
function side(name: 'before' | 'after', path: string | undefined, value: string | undefined) {
  if (value === undefined) return {}
  return { [name]: path === undefined || mayBeSecret(path) ? masked : value }
}

function mayBeSecret(path: string): boolean {
  return (
    /^containerDefinitions\.[^]*\.(environment|options|dockerLabels)\./.test(path) ||
    /^volumes\.[^]*\.(driverOpts|labels)\./.test(path)
  )
}

/** Path → value of every primitive in a nested value. */
function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  const fields = isExactNumber(value) ? undefined : fieldsOf(value)
  if (Array.isArray(value)) {
    for (const [key, member] of keyedMembers(value)) leaves(...unnamed(member, key, path), found)
  } else if (fields !== undefined) {
    for (const [key, member] of Object.entries(fields)) leaves(member, fieldPath(path, key), found)
  } else if (value !== undefined && value !== null) {
    found.set(path, typeof value === 'string' ? value : JSON.stringify(value))
  }
  return found
}

/** A member of a list with its path. A name that is its key is not a field of its own. */
function unnamed(member: unknown, key: string, list: string): [unknown, string] {
  const path = fieldPath(list, key)
  const { name, ...rest } = fieldsOf(member) ?? {}
  if (name !== key) return [member, path]
  const [only] = Object.keys(rest)
  // A variable reads better as `environment.PORT` than as `environment.PORT.value`.
  const isPair = Object.keys(rest).length === 1 && (only === 'value' || only === 'valueFrom')
  return [isPair ? Object.values(rest)[0] : rest, path]
}
