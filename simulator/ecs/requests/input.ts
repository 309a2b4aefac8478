import { AwsError } from '../../http/types.ts'

/** What a client sent: a JSON object, not yet checked. */
export type Input = Readonly<Record<string, unknown>>

/** A string, or `undefined` if the field is absent. */
export function optionalText(input: Input, field: string): string | undefined {
  const value = input[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw malformed(field, 'a string')
  return value
}

/** A required string that is not empty. */
export function text(input: Input, field: string): string {
  const value = optionalText(input, field)
  if (value === undefined || value === '') {
    throw new AwsError('InvalidParameterException', `${field} can not be blank.`)
  }
  return value
}

export function optionalFlag(input: Input, field: string): boolean | undefined {
  const value = input[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw malformed(field, 'a boolean')
  return value
}

/** A whole number within these bounds. */
export function optionalInteger(
  input: Input,
  field: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER } = {},
): number | undefined {
  const value = input[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value)) throw malformed(field, 'an integer')
  if (value < min || value > max) {
    throw new AwsError(
      'InvalidParameterException',
      `${field} must be between ${min} and ${max}, but is ${value}.`,
    )
  }
  return value
}

/** Exactly one of these words. */
export function optionalWord<Word extends string>(
  input: Input,
  field: string,
  words: readonly Word[],
): Word | undefined {
  const value = optionalText(input, field)
  const found = words.find((word) => word === value)
  if (value !== undefined && found === undefined) {
    throw new AwsError(
      'InvalidParameterException',
      `${field} must be one of ${words.join(', ')}, but is ${value}.`,
    )
  }
  return found
}

/** A list of strings; empty if the field is absent. */
export function textList(input: Input, field: string): string[] {
  return list(input, field).map((item) => {
    if (typeof item !== 'string') throw malformed(field, 'a list of strings')
    return item
  })
}

/** A list of objects; empty if the field is absent. Their fields are not checked. */
export function objectList(input: Input, field: string): Input[] {
  return list(input, field).map((item) => {
    if (!isObject(item)) throw malformed(field, 'a list of objects')
    return item
  })
}

export function optionalObject(input: Input, field: string): Input | undefined {
  const value = input[field]
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) throw malformed(field, 'an object')
  return value
}

/**
 * Rejects fields that the operation has on AWS but not here, rather than ignore them silently.
 *
 * @throws UnsupportedFeatureException with the name of the field.
 */
export function onlyFields(input: Input, operation: string, known: readonly string[]): void {
  const strange = Object.keys(input).find(
    (field) => !known.includes(field) && input[field] !== undefined && !isEmpty(input[field]),
  )
  if (strange !== undefined) {
    throw new AwsError(
      'UnsupportedFeatureException',
      `The simulator does not model ${strange} in ${operation}. Leave it out, or try this on AWS.`,
    )
  }
}

function list(input: Input, field: string): unknown[] {
  const value = input[field]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw malformed(field, 'a list')
  return value
}

function isObject(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0)
}

function malformed(field: string, expected: string): AwsError {
  return new AwsError('SerializationException', `${field} must be ${expected}.`)
}
