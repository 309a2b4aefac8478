import { randomUUID } from 'node:crypto'
import { faultKinds, type Fault } from './fault.ts'

/**
 * Reads the description of a fault of calls.
 *
 * @throws Error if it is invalid, with a message for the person who requested it.
 */
export function readFault(request: unknown): Fault {
  if (typeof request !== 'object' || request === null)
    throw new Error(
      'A fault must be a JSON object: {"operation": "UpdateService", "kind": "throttle"}.',
    )
  const {
    operation,
    kind,
    about,
    count = 1,
    after = 0,
    delayMs = 1000,
    code = 'ClientException',
    message = 'Rejected: injected by a fault',
    fields = [],
    ...rest
  } = request as Record<string, unknown>
  const unknown = Object.keys(rest)
  if (unknown.length > 0)
    throw new Error(
      `Unknown field of a fault: ${unknown.join(', ')}. Its fields are operation, kind, about, count, after, delayMs, code, message and fields.`,
    )
  if (typeof operation !== 'string' || operation === '')
    throw new Error('operation must be a name such as "UpdateService", "ECS:UpdateService" or "*".')
  const known = faultKinds.find((each) => each === kind)
  if (known === undefined)
    throw new Error(`kind is ${JSON.stringify(kind)}; it must be one of ${faultKinds.join(', ')}.`)
  if (about !== undefined && (typeof about !== 'string' || about === ''))
    throw new Error(`about is ${JSON.stringify(about)}; it must be a name or an ARN.`)
  if (count !== 'forever' && !isWhole(count, 1))
    throw new Error(`count is ${JSON.stringify(count)}; it must be 1 or more, or "forever".`)
  if (!isWhole(after, 0))
    throw new Error(`after is ${JSON.stringify(after)}; it must be a whole number, 0 or more.`)
  if (!isWhole(delayMs, 0))
    throw new Error(`delayMs is ${JSON.stringify(delayMs)}; it must be a whole number, 0 or more.`)
  if (typeof code !== 'string' || !/^\w+$/.test(code))
    throw new Error(`code is ${JSON.stringify(code)}; it must be a name such as "ClientException".`)
  if (typeof message !== 'string')
    throw new Error(`message is ${JSON.stringify(message)}; it must be a string.`)
  if (!isNames(fields) || (known === 'leaveOut') !== fields.length > 0)
    throw new Error(
      'fields must be a list of names such as ["deployments"], and only for kind leaveOut.',
    )
  return {
    id: randomUUID(),
    operation,
    kind: known,
    ...(about !== undefined && { about }),
    count,
    after,
    delayMs,
    code,
    message,
    fields,
  }
}

function isWhole(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '')
}
