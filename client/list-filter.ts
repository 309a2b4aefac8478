/**
 * List filters of Temporal's visibility, https://docs.temporal.io/list-filter. The server parses
 * them with Vitess's SQL grammar (github.com/temporalio/sqlparser): a string is in single or double
 * quotes, and a backslash escapes the character after it.
 */

/** `SlipwayEnvironment = "production"` */
export function equals(attribute: string, value: string): string {
  return `${attribute} = ${quoted(value)}`
}

/** @param time milliseconds since the epoch */
export function isAfter(attribute: string, time: number): string {
  return `${attribute} > ${quoted(new Date(time).toISOString())}`
}

export function allOf(...conditions: readonly string[]): string {
  return conditions.join(' AND ')
}

/** JSON's escapes are not the server's: `\u0007` would be read as `u0007`. */
function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}
