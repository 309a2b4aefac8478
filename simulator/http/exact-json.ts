/** JSON's access to the source text of numbers (V8 11.4), which TypeScript 7.0 does not declare. */
interface SourceTextJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown
  rawJSON(text: string): object
  isRawJSON(value: unknown): boolean
}

const json = JSON as unknown as SourceTextJson

/**
 * Parses JSON, and keeps a whole number that a JavaScript number cannot hold as an object which
 * `JSON.stringify` writes as it was: ECS has numbers of 64 bits, and returns them as they came.
 */
export function parseExactly(text: string): unknown {
  return json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && isLong(source, value)
      ? json.rawJSON(source)
      : value,
  )
}

function isLong(source: string, value: number): boolean {
  return /^-?\d+$/.test(source) && !Number.isSafeInteger(value)
}

/** Whether this is a number that {@link parseExactly} kept as text. */
export function isLongNumber(value: unknown): boolean {
  return json.isRawJSON(value)
}
