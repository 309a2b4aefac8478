import { optionalText, type Input } from '../ecs/requests/input.ts'
import { AwsError } from '../http/types.ts'

/** A required string. ELBv2's error for an invalid request is `ValidationError`. */
export function text(input: Input, field: string): string {
  const value = optionalText(input, field)
  if (value === undefined || value === '') {
    throw new AwsError('ValidationError', `A ${field} must be specified`)
  }
  return value
}

/** A whole number within these bounds: a number, or a string as in the query protocol. */
export function optionalInteger(
  input: Input,
  field: string,
  [min, max]: readonly [number, number],
): number | undefined {
  const value = input[field]
  if (value === undefined || value === null) return undefined
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
    throw new AwsError(
      'ValidationError',
      `${field} must be a whole number from ${min} to ${max}, but is ${JSON.stringify(value)}`,
    )
  }
  return number
}

export function optionalFlag(input: Input, field: string): boolean | undefined {
  const value = input[field]
  if (value === undefined || value === null) return undefined
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw new AwsError('ValidationError', `${field} must be true or false`)
}
