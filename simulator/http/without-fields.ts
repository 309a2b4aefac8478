import { isLongNumber } from './exact-json.ts'

/** An answer without the fields of these names, at any depth. */
export function without(answer: unknown, fields: readonly string[]): unknown {
  if (fields.length === 0 || typeof answer !== 'object' || answer === null) return answer
  if (Array.isArray(answer)) return answer.map((one: unknown) => without(one, fields))
  if (answer instanceof Date || answer instanceof Uint8Array) return answer
  if (isLongNumber(answer)) return answer
  return Object.fromEntries(
    Object.entries(answer)
      .filter(([name]) => !fields.includes(name))
      .map(([name, value]) => [name, without(value, fields)]),
  )
}
