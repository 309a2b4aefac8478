/**
 * List filters of Temporal's visibility, https://docs.temporal.io/list-filter.
 *
 * No way of escaping a value works on every server. As tried with 1.9.1 of the dev server: after
 * parsing a string, the server escapes quotes, backslashes and control characters in it once more,
 * and compares with the result. It also drops quotes at both ends of a value
 * (https://github.com/temporalio/temporal/pull/12019), and a question mark makes Postgres fail
 * (https://github.com/temporalio/temporal/issues/11797). So no such character is ever sent.
 */

/**
 * A filter that lets everything through whose attribute is this value. It may let more through: the
 * caller compares the attribute of each result.
 */
export function includes(attribute: string, value: string): string {
  const [prefix = ''] = /^[^"'\\?\p{Cc}]*/u.exec(value) ?? []
  return prefix === value ? `${attribute} = "${value}"` : `${attribute} STARTS_WITH "${prefix}"`
}

/** @param time milliseconds since the epoch */
export function isAfter(attribute: string, time: number): string {
  return `${attribute} > "${new Date(time).toISOString()}"`
}

export function allOf(...conditions: readonly string[]): string {
  return conditions.join(' AND ')
}
