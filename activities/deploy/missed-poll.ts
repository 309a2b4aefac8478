import { isTransient, isUnauthenticated } from '../aws/errors.ts'

/**
 * Whether a poll failed for a reason that says nothing about what was polled: a transient error, or
 * credentials that AWS does not accept or the worker cannot get. It is repeated until the deadline.
 */
export function isMissedPoll(error: unknown): boolean {
  return isTransient(error) || isUnauthenticated(error)
}

/** For people who wait: `cannot poll AWS: …; renew the worker's credentials` */
export function missedPollText(error: unknown): string {
  const reason = error instanceof Error && error.message !== '' ? error.message : String(error)
  const remedy = isUnauthenticated(error) ? "; renew the worker's credentials" : ''
  return `cannot poll AWS: ${reason}${remedy}`
}
