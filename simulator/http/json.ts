import { isLongNumber, parseExactly } from './exact-json.ts'
import type { Wire, WireResponse } from './protocol.ts'
import { AwsError } from './types.ts'

/** AWS JSON 1.0 and 1.1: times are seconds since the epoch, `__type` is the error's name. */
export function jsonWire(version: '1.0' | '1.1'): Wire {
  const contentType = `application/x-amz-json-${version}`
  return {
    answer: (_operation, output): WireResponse => ({
      status: 200,
      headers: { 'content-type': contentType },
      body: JSON.stringify(secondsForDates(output ?? {})),
    }),
    failure: (error): WireResponse => ({
      status: error.status,
      headers: { 'content-type': contentType, 'x-amzn-errortype': error.code },
      body: JSON.stringify({ __type: error.code, message: error.message }),
    }),
  }
}

/**
 * The input of a JSON call. Fails with `SerializationException`, as AWS does, if it is not JSON.
 */
export function readJsonInput(body: string): Readonly<Record<string, unknown>> {
  if (body.trim() === '') return {}
  let input: unknown
  try {
    input = parseExactly(body)
  } catch (error) {
    throw new AwsError('SerializationException', `The request body is not JSON: ${String(error)}`)
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new AwsError('SerializationException', 'The request body is not a JSON object.')
  return input as Readonly<Record<string, unknown>>
}

/** Not a replacer: `JSON.stringify` calls `Date.toJSON` before a replacer sees the date. */
function secondsForDates(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000
  if (isLongNumber(value)) return value
  if (Array.isArray(value)) return value.map(secondsForDates)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [name, secondsForDates(field)]),
    )
  return value
}
