import { isOutcome } from '../../../contract/outcome.ts'
import { fieldsOf } from '../../../contract/check.ts'
import type { RequestStatus } from '../../../contract/requests.ts'
import type { Paused } from '../../../contract/releases.ts'
import { whyUndecodable } from '../../temporal/undecodable.ts'

/**
 * Parses the signals that an environment sends to other workflows. Anyone may send a signal of the same
 * name, and a workflow that fails on it retries the same task for ever: malformed ones are ignored.
 */

/** @returns `undefined` if malformed */
export function parsePaused(body: unknown): Paused | undefined {
  const { by, at, reason } = readable(body)
  if (typeof by !== 'string' || !isTime(at)) return undefined
  return { by, at, ...(typeof reason === 'string' ? { reason } : {}) }
}

/** @returns `undefined` if malformed */
export function parseRequestStatus(body: unknown): RequestStatus | undefined {
  const { kind, reason, retryable, releaseId, outcome, message } = readable(body)
  if (kind === 'rejected') {
    if (typeof reason !== 'string' || typeof retryable !== 'boolean') return undefined
    return { kind, reason, retryable }
  }
  if (typeof releaseId !== 'string' || typeof message !== 'string') return undefined
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
