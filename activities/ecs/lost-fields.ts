import { isDeepStrictEqual } from 'node:util'
import { fieldsOf } from '../../contract/check.ts'
import { isExactNumber } from '../aws/exact-json.ts'
import { fieldPath, keyedMembers } from './field-path.ts'
import { isEmpty, type TaskDefinitionDocument } from './task-definition-document.ts'

/**
 * The fields of a task definition that ECS did not register as they were sent, by path. Defaults
 * that ECS adds are no loss, nor is another order of a list, as some of ECS's are sets.
 */
export function lostFields(
  sent: TaskDefinitionDocument,
  registered: TaskDefinitionDocument,
): readonly string[] {
  return lostFrom(sent, registered, '')
}

function lostFrom(sent: unknown, registered: unknown, path: string): readonly string[] {
  if (isEmpty(sent)) return []
  if (Array.isArray(sent)) {
    return Array.isArray(registered) ? lostMembers(sent, registered, path) : [path]
  }
  const fields = fieldsOf(sent)
  if (fields === undefined || isExactNumber(sent)) {
    return isDeepStrictEqual(sent, registered) ? [] : [path]
  }
  const found = fieldsOf(registered)
  if (found === undefined) return [path]
  return Object.entries(fields).flatMap(([key, value]) =>
    lostFrom(value, Object.hasOwn(found, key) ? found[key] : undefined, fieldPath(path, key)),
  )
}

function lostMembers(
  sent: readonly unknown[],
  registered: readonly unknown[],
  path: string,
): readonly string[] {
  const left = [...keyedMembers(registered)]
  const lost = keyedMembers(sent).flatMap(([key, member]) => {
    const at = fieldPath(path, key)
    const same = left.findIndex(([, one]) => lostFrom(member, one, at).length === 0)
    const index = same === -1 ? left.findIndex(([other]) => other === key) : same
    const [taken] = index === -1 ? [] : left.splice(index, 1)
    return taken === undefined ? [at] : lostFrom(member, taken[1], at)
  })
  return [...lost, ...left.map(([key]) => fieldPath(path, key))]
}
