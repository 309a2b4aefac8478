import { isOutcome } from '../../../contract/outcome.ts'
import { fieldsOf } from '../../../contract/check.ts'
import type { RequestStatus } from '../../../contract/requests.ts'
import { cut } from '../../../contract/size.ts'
import type { Paused } from '../../../contract/releases.ts'
import { whyUndecodable } from '../../temporal/undecodable.ts'

/**
 * Parses the signals that an environment sends to other workflows. Anyone may send a signal of the same
 * name, and a workflow that fails on it retries the same task for ever: malformed ones are ignored.
 */

const textBytes = 500
const messageBytes = 4 * 1024

/** @returns `undefined` if malformed */
export function parsePaused(body: unknown): Paused | undefined {
  const { by, at, reason } = readable(body)
  if (typeof by !== 'string' || !isTime(at)) return undefined
  return {
    by: cut(by, textBytes),
    at,
    ...(typeof reason === 'string' ? { reason: cut(reason, textBytes) } : {}),
  }
}

/** @returns `undefined` if malformed */
export function parseRequestStatus(body: unknown): RequestStatus | undefined {
  const { kind, reason, retryable, releaseId, outcome, message: whole } = readable(body)
  if (kind === 'rejected') {
    if (typeof reason !== 'string' || typeof retryable !== 'boolean') return undefined
    return { kind, reason: cut(reason, messageBytes), retryable }
  }
  if (typeof releaseId !== 'string' || typeof whole !== 'string') return undefined
  const message = cut(whole, messageBytes)
  if (kind === 'admitted') return { kind, releaseId, message }
  if (kind !== 'ended' || typeof outcome !== 'string' || !isOutcome(outcome)) return undefined
  return { kind, releaseId, outcome, message }
}

function readable(body: unknown): Readonly<Record<string, unknown>> {
  return whyUndecodable(body) === undefined ? (fieldsOf(body) ?? {}) : {}
}

/** Whether a `Date` can hold it. */
function isTime(at: unknown): at is number {
  return typeof at === 'number' && Math.abs(at) <= 8.64e15
}
