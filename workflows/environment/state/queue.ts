import { referenceOf } from '../../release-reference.ts'
import { withEntry } from './ledger.ts'
import type { LedgerEntry } from '../../../contract/environment.ts'
import { freezeAt, type EnvironmentState, type Waiting } from './state.ts'

/**
 * What waits longest and may start now. A deploy waits for its approval, and everything but a
 * rollback waits for the end of a freeze; what comes behind may go first meanwhile.
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
  /** In words, as the timer says it in the Temporal UI. */
  readonly what: string
}

/** When the next thing happens by itself: an approval runs out, or a freeze ends. */
export function nextTimer(state: EnvironmentState): NextTimer | undefined {
  const timers = state.waiting.flatMap(({ input, approval }): NextTimer[] =>
    approval?.kind === 'needed'
      ? [{ at: approval.until, what: `the time to approve ${input.id} runs out` }]
      : [],
  )
  if (state.freeze?.until !== undefined)
    timers.push({ at: state.freeze.until, what: 'the freeze ends' })
  return timers.toSorted((one, other) => one.at - other.at)[0]
}

/** Without a request that has started, or that has ended without starting. */
export function withoutWaiting(state: EnvironmentState, id: string): EnvironmentState {
  return { ...state, waiting: state.waiting.filter(({ input }) => input.id !== id) }
}

/** Ends the requests whose approval did not come in time, and forgets a freeze that is over. */
export function afterTimer(state: EnvironmentState, now: number): EnvironmentState {
  const late = state.waiting.filter(
    ({ approval }) => approval?.kind === 'needed' && approval.until <= now,
  )
  const { freeze, ...rest } = state
  const thawed: EnvironmentState =
    freezeAt(state, now) === undefined || freeze === undefined ? rest : state
  return late.reduce(
    (changed, one) =>
      endWaiting(changed, one, now, 'rejected', 'Nobody approved it in time; nothing was touched.'),
    thawed,
  )
}

/** Writes into the ledger that a request ended without ever starting. */
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
