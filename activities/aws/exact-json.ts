/** A JSON object as it came, with fields that nobody here knows. */
export type JsonObject = Readonly<Record<string, unknown>>

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
 * Parses JSON without loss: a number that a JavaScript number cannot hold exactly becomes an object
 * that `JSON.stringify` writes as it was.
 *
 * @throws SyntaxError if the text is not JSON
 */
export function parseExactly(text: string): unknown {
  return json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && decimalOf(source) !== decimalOf(`${value}`)
      ? json.rawJSON(source)
      : value,
  )
}

/** Whether this is a number that {@link parseExactly} kept as text. */
export function isExactNumber(value: unknown): boolean {
  return json.isRawJSON(value)
}

/** The digits and the exponent of a number: the same for `100`, `100.0` and `1e2`. */
function decimalOf(source: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  const shift = Number(exponent) - fraction.length + digits.length - significant.length
  return `${sign}${significant}e${shift}`
}
