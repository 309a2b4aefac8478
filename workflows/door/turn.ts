import { withEntry } from '../ledger.ts'
import type { LedgerEntry } from '../types.ts'
import { freezeAt, type DoorState, type Waiting } from './state.ts'

/**
 * What waits longest and may start now. A deploy waits for its approval, and everything but a
 * rollback waits for the end of a freeze; what comes behind may go first meanwhile.
 */
export function nextToStart(state: DoorState, now: number): Waiting | undefined {
  const frozen = freezeAt(state, now) !== undefined
  return state.waiting.find(({ input, approval }) => {
    if (input.request.kind === 'rollback') return true
    if (approval?.kind === 'needed') return false
    return !frozen || input.request.override !== undefined
  })
}

/** When the next thing happens by itself: an approval runs out, or a freeze ends. */
export function nextMoment(state: DoorState): number | undefined {
  const moments = state.waiting.flatMap(({ approval }) =>
    approval?.kind === 'needed' ? [approval.until] : [],
  )
  if (state.waiting.length > 0 && state.freeze?.until !== undefined)
    moments.push(state.freeze.until)
  return moments.length === 0 ? undefined : Math.min(...moments)
}

/** Without a request that has started, or that has ended without starting. */
export function withoutWaiting(state: DoorState, id: string): DoorState {
  return { ...state, waiting: state.waiting.filter(({ input }) => input.id !== id) }
}

/** Ends the requests whose approval did not come in time, and forgets a freeze that is over. */
export function afterMoment(state: DoorState, now: number): DoorState {
  const late = state.waiting.filter(
    ({ approval }) => approval?.kind === 'needed' && approval.until <= now,
  )
  const { freeze, ...rest } = state
  const thawed: DoorState =
    freezeAt(state, now) === undefined || freeze === undefined ? rest : state
  return late.reduce(
    (door, one) =>
      endWaiting(door, one, now, 'rejected', 'Nobody approved it in time; nothing was touched.'),
    thawed,
  )
}

/** Writes into the ledger that a request ended without ever starting. */
export function endWaiting(
  state: DoorState,
  { input, since }: Waiting,
  now: number,
  outcome: 'rejected' | 'cancelled',
  message: string,
): DoorState {
  const { id, request, commit } = input
  const entry: LedgerEntry = {
    id,
    kind: request.kind,
    ...(commit === undefined ? {} : { commit }),
    ...(request.kind === 'deploy' ? { subject: request.subject } : {}),
    requestedBy: request.requestedBy,
    startedAt: since,
    endedAt: now,
    outcome,
    message,
    services: [],
  }
  return { ...withoutWaiting(state, id), ledger: withEntry(state.ledger, entry) }
}
