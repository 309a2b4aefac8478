/**
 * Checks of plain data from which TypeScript derives the type: what is declared once is both
 * checked and typed. Workflow code replays its checks from history, so they are our own and small:
 * an upgrade of a library must not decide otherwise about a request that was let in long ago.
 */
export type Check<T> = (value: unknown) => value is T

/** The check of a field that may be absent. */
export type OptionalCheck<T> = Check<T> & { readonly isOptional: true }

/** What a check lets through. */
export type Checked<C> = C extends ((value: unknown) => value is infer T) ? T : never

type Shape = Readonly<Record<string, Check<unknown>>>

type OptionalKeys<S> = {
  [K in keyof S]: S[K] extends { readonly isOptional: true } ? K : never
}[keyof S]

type Fields<S> = {
  readonly [K in keyof S as K extends OptionalKeys<S> ? never : K]: Checked<S[K]>
} & {
  readonly [K in keyof S as K extends OptionalKeys<S> ? K : never]?: Checked<S[K]>
}

type Flat<T> = { [K in keyof T]: T[K] }

/** At most 2,000 characters. */
export const text: Check<string> = (value): value is string =>
  typeof value === 'string' && value.length <= 2_000

/** A text that is not empty. */
export const name: Check<string> = (value): value is string => text(value) && value !== ''

export const flag: Check<boolean> = (value) => typeof value === 'boolean'

/** Milliseconds: longer than any duration of a configuration, and still a date when added to one. */
export const milliseconds: Check<number> = (value): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= 1e13

export function oneOf<const Values extends readonly string[]>(
  ...values: Values
): Check<Values[number]> {
  return (value): value is Values[number] => values.some((one) => one === value)
}

export function literal<const Value extends string>(expected: Value): Check<Value> {
  return (value): value is Value => value === expected
}

export function optional<T>(check: Check<T>): OptionalCheck<T> {
  const isAbsentOr = (value: unknown): value is T => value === undefined || check(value)
  return Object.assign(isAbsentOr, { isOptional: true as const })
}

export function list<T>(check: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every((one) => check(one))
}

/** Texts by name. */
export const texts: Check<Readonly<Record<string, string>>> = (
  value,
): value is Readonly<Record<string, string>> => {
  const found = fieldsOf(value)
  return found !== undefined && Object.values(found).every((one) => text(one))
}

/** An object with these fields. Others are let through: a newer client may send more. */
export function fields<S extends Shape>(shape: S): Check<Flat<Fields<S>>> {
  const checks = Object.entries(shape)
  return (value): value is Flat<Fields<S>> => {
    const found = fieldsOf(value)
    return found !== undefined && checks.every(([key, check]) => check(found[key]))
  }
}

export function either<A, B>(one: Check<A>, other: Check<B>): Check<A | B> {
  return (value): value is A | B => one(value) || other(value)
}

/** The fields of an object that is not a list. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined
}
