import type { z } from 'zod'
import { didYouMean } from './nearest.ts'

type Issue = z.core.$ZodIssue
type Path = readonly (string | number)[]

/** What is wrong, and with which part of the file. */
export interface DescribedIssue {
  readonly path: Path
  /** `key`: the name at that path is wrong, not its value. */
  readonly about: 'key' | 'value'
  readonly message: string
}

/**
 * Says what zod found and what it expected. An issue about unknown keys becomes one message for
 * each key, with the name that was most likely meant.
 *
 * @param value the value that zod checked
 * @param keysAt the names that are known at a path
 */
export function describeIssue(
  issue: Issue,
  value: unknown,
  keysAt: (path: Path) => readonly string[],
): readonly DescribedIssue[] {
  const path = issue.path.filter((one) => typeof one !== 'symbol')
  const found = mayBeSecret(path) ? hiddenValue : describeFound(valueAt(value, path))
  const wrong = (expected: string): readonly DescribedIssue[] => [
    { path, about: 'value', message: `found ${found}, expected ${expected}` },
  ]
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(path)
    return issue.keys.map((key) => ({
      path: [...path, key],
      about: 'key',
      message: `found an unknown key${didYouMean(key, known) || `; known here: ${known.join(', ')}`}`,
    }))
  }
  if (issue.code === 'invalid_key') {
    const expected = issue.issues[0]?.message ?? 'another name'
    const message = `found the name ${quote(String(path.at(-1)))}, expected ${expected}`
    return [{ path, about: 'key', message }]
  }
  if (issue.code === 'invalid_type') {
    const expected = typeNames[issue.expected] ?? `a ${issue.expected}`
    const message = `is missing; expected ${expected}`
    return valueAt(value, path) === undefined
      ? [{ path, about: 'value', message }]
      : wrong(expected)
  }
  if (issue.code === 'invalid_value') return wrong(oneOf(issue.values.map(String)))
  // The schema gives every other rule a message of its own that says what is expected.
  if (issue.code !== 'too_small') return wrong(issue.message)
  return wrong(issue.origin === 'array' ? 'a list that is not empty' : 'text that is not empty')
}

const hiddenValue = 'a value that is not shown because it may be a secret'

/** A field for the name of a variable is where people put the value by mistake. */
function mayBeSecret(path: Path): boolean {
  return String(path.at(-1)).endsWith('From')
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  record: 'a mapping (name: value)',
  object: 'a mapping (name: value)',
}

function oneOf(values: readonly string[]): string {
  const quoted = values.map(quote)
  return quoted.length === 1 ? String(quoted[0]) : `one of ${quoted.join(', ')}`
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value
  for (const segment of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, segment)) return undefined
    at = (at as Record<string | number, unknown>)[segment]
  }
  return at
}

function describeFound(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'an empty value'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'string') return value === '' ? 'empty text' : `the text ${quote(value)}`
  return `the ${typeof value} ${JSON.stringify(value)}`
}

/**
 * In quotes, short, and without anything that could move a terminal's cursor. The user info of a
 * URL is left out: it may hold a password, and messages end up in CI logs.
 */
function quote(text: string): string {
  const shown = text.replaceAll(/(:\/\/)\S*@/g, '$1…@')
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 57)}…` : shown)
}
