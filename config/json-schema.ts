import { z } from 'zod'
import { configSchema } from './schema.ts'

/** The part of JSON Schema (draft 2020-12) that the schema of the configuration uses. */
export interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly const?: unknown
  readonly format?: string
  readonly pattern?: string
  readonly examples?: readonly string[]
}

/** The JSON Schema of `slipway.yaml` as people write it: before defaults and conversions. */
export function configJsonSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input' })
  return { $schema, title: 'slipway.yaml', ...schema } as JsonSchema
}

/** The keys that are known at a path, such as `['images', 'api']`. */
export function knownKeys(path: readonly (string | number)[]): readonly string[] {
  let at: JsonSchema | boolean | undefined = configJsonSchema()
  for (const segment of path) {
    if (typeof at !== 'object') return []
    at =
      typeof segment === 'number' ? at.items : (at.properties?.[segment] ?? at.additionalProperties)
  }
  return typeof at === 'object' ? Object.keys(at.properties ?? {}) : []
}
