import { referenceOf } from '../../release-reference.ts'
import { withEntry } from './ledger.ts'
import type { LedgerEntry } from '../../../contract/environment.ts'
import { freezeAt, type EnvironmentState, type Waiting } from './state.ts'

/**
 * The first request in the queue that may start now. A deploy waits for its approval, and everything
 * except a rollback waits for the end of a freeze; requests behind it may start meanwhile.
 */
export function nextToStart(state: EnvironmentState, now: number): Waiting | undefined {
  const frozen = freezeAt(state, now) !== undefined
  return state.waiting.find(({ input, approval }) => {
    if (input.request.kind === 'rollback') return true
    if (approval?.kind === 'needed') return false
    return !frozen || input.request.override !== undefined
  })
}

export interface NextTimer {
  readonly at: number
  /** The summary of the timer in the Temporal UI. */
  readonly what: string
}

/** When the next approval or freeze expires. */
export function nextTimer(state: EnvironmentState): NextTimer | undefined {
  const timers = state.waiting.flatMap(({ input, approval }): NextTimer[] =>
    approval?.kind === 'needed'
      ? [{ at: approval.until, what: `the approval of ${input.id} expires` }]
      : [],
  )
  if (state.freeze?.until !== undefined)
    timers.push({ at: state.freeze.until, what: 'the freeze expires' })
  return timers.toSorted((one, other) => one.at - other.at)[0]
}

/** Removes a request that has started, or has ended without starting. */
export function withoutWaiting(state: EnvironmentState, id: string): EnvironmentState {
  return { ...state, waiting: state.waiting.filter(({ input }) => input.id !== id) }
}

/** Ends the requests that were not approved in time, and removes an expired freeze. */
export function afterTimer(state: EnvironmentState, now: number): EnvironmentState {
  const late = state.waiting.filter(
    ({ approval }) => approval?.kind === 'needed' && approval.until <= now,
  )
  const { freeze, ...rest } = state
  const thawed: EnvironmentState =
    freezeAt(state, now) === undefined || freeze === undefined ? rest : state
  return late.reduce(
    (changed, one) =>
      endWaiting(changed, one, now, 'rejected', 'Not approved in time; nothing was changed.'),
    thawed,
  )
}

/** Records in the ledger that a request ended without having started. */
export function endWaiting(
  state: EnvironmentState,
  { input, since }: Waiting,
  now: number,
  outcome: 'rejected' | 'cancelled',
  message: string,
): EnvironmentState {
  const entry: LedgerEntry = {
    ...referenceOf(input),
    startedAt: since,
    endedAt: now,
    outcome,
    message,
    services: [],
  }
  return { ...withoutWaiting(state, input.id), ledger: withEntry(state.ledger, entry) }
}
