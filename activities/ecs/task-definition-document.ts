import { isDeepStrictEqual } from 'node:util'
import type { RegisterTaskDefinitionCommandInput, TaskDefinition } from '@aws-sdk/client-ecs'
import { fieldsOf } from '../../contract/check.ts'
import { isExactNumber, type JsonObject } from '../aws/exact-json.ts'

/**
 * A task definition as ECS writes it in JSON. The types of the SDK have only the fields that its
 * version knows; ECS gets new ones every few months, and a clone must have them, too.
 */
export type TaskDefinitionDocument = JsonObject

/**
 * The fields that ECS itself adds to a task definition ("TaskDefinition" in the ECS API reference).
 * All others were registered, also those that nobody here knows yet. If a newer SDK knows another
 * field that cannot be registered, this no longer compiles.
 */
const addedByEcs = {
  taskDefinitionArn: true,
  revision: true,
  status: true,
  requiresAttributes: true,
  compatibilities: true,
  registeredAt: true,
  registeredBy: true,
  deregisteredAt: true,
  deleteRequestedAt: true,
} satisfies Record<Exclude<keyof TaskDefinition, keyof RegisterTaskDefinitionCommandInput>, true>

/** The part of a task definition that was registered, with every field that it has. */
export function registrablePart(document: TaskDefinitionDocument): TaskDefinitionDocument {
  return Object.fromEntries(
    Object.entries(document).filter(([field]) => !Object.hasOwn(addedByEcs, field)),
  )
}

/** A task definition with other images, by container name. */
export function withImages(
  document: TaskDefinitionDocument,
  images: Readonly<Record<string, string>>,
): TaskDefinitionDocument {
  const { containerDefinitions: containers } = document
  if (!Array.isArray(containers)) return document
  return {
    ...document,
    containerDefinitions: containers.map((container: unknown) => {
      const fields = fieldsOf(container)
      const name = fields?.['name']
      if (fields === undefined || typeof name !== 'string' || !Object.hasOwn(images, name)) {
        return container
      }
      return { ...fields, image: images[name] }
    }),
  }
}

/**
 * Whether two task definitions are the same, apart from the order of fields, and from empty lists
 * and objects, which ECS may add or leave out.
 */
export function isSameDefinition(
  one: TaskDefinitionDocument,
  other: TaskDefinitionDocument,
): boolean {
  return isDeepStrictEqual(withoutEmpty(one), withoutEmpty(other))
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty)
  const fields = fieldsOf(value)
  if (fields === undefined || isExactNumber(value)) return value
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, field]) => !isEmpty(field))
      .map(([name, field]) => [name, withoutEmpty(field)]),
  )
}

/** Nothing, an empty list or an empty object. An empty text is a value: that of a variable, say. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (Array.isArray(value)) return value.length === 0
  const fields = fieldsOf(value)
  return fields !== undefined && !isExactNumber(value) && Object.keys(fields).length === 0
}
