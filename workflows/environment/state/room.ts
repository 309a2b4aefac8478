import type { LedgerEntry } from '../../../contract/environment.ts'
import type { ReleaseRequest } from '../../../contract/requests.ts'
import { firstThatFit, jsonBytes } from '../../../contract/size.ts'
import { withShortTexts, type Ledger } from './ledger.ts'
import { unsentBytes } from './outbox.ts'
import { endWaiting } from './queue.ts'
import type { EnvironmentState } from './state.ts'

/**
 * The state is the input of the next run. Temporal refuses an input of more than 2 MB, and warns of
 * 256 KiB, in bytes of JSON.
 */
export const maxStateBytes = 256 * 1024

/** At least this much room, in KiB, is for what is only told to people: the most important first. */
const leastRoom = { releases: 16, controls: 12, undelivered: 4, superseded: 8 } as const
const reservedBytes = 1_024 * Object.values(leastRoom).reduce((sum, one) => sum + one, 0)
const maxNeededBytes = maxStateBytes - reservedBytes

/**
 * A larger request is rejected: the state must have room for the spec of the last request, for one that
 * waits, and for a rollback. A rollback may be larger, since an older version admitted larger specs.
 */
export const maxRequestBytes = 36 * 1024
export const maxRollbackBytes = 64 * 1024

/** About as much as a live service takes. */
const serviceBytes = 800

/**
 * Whether the state has room for what a request has added to it, for the end of its release, and for a
 * rollback.
 */
export function hasRoomFor(state: EnvironmentState, request: ReleaseRequest): boolean {
  const { ledger, unsent: _, ...rest } = onlyNeeded(state)
  const live = Math.max(jsonBytes(ledger), request.spec.services.length * serviceBytes)
  // It brings the revisions that ran before the live ones.
  const rollback = jsonBytes(request) + live / 2
  return jsonBytes(rest) + unsentBytes + live + rollback <= maxNeededBytes
}

/**
 * A state that has outgrown its bound all the same, by a rollback, an approval or a larger live release:
 * the requests at the end of the queue end as rejected, until there is room.
 */
export function withRoom(before: EnvironmentState, now: number): EnvironmentState {
  let state = before
  while (jsonBytes(onlyNeeded(state)) > maxNeededBytes) {
    const last = state.waiting.at(-1)
    // The next one to start is what the room is for.
    if (last === undefined || state.waiting.length === 1) break
    const message = `${state.environment} had no room left for this request; nothing was changed. Ask again.`
    state = endWaiting(state, last, now, 'rejected', message)
  }
  return state
}

/** What decisions need: everything but what is only told to people. */
function onlyNeeded(state: EnvironmentState): EnvironmentState {
  const { undelivered: _, ledger, ...rest } = state
  const { live } = ledger
  return {
    ...rest,
    ledger: live === undefined ? { releases: [] } : { live, releases: [] },
    superseded: [],
    controls: [],
  }
}

/**
 * The state within {@link maxStateBytes}. The oldest entries of each list go first. Earlier releases
 * keep their services, and so can be rolled back to by name, as far as there is room.
 */
export function withinBounds(before: EnvironmentState): EnvironmentState {
  if (jsonBytes(before) <= maxStateBytes) return before
  const state = { ...before, ledger: withShortEntries(before.ledger) }
  const needed = onlyNeeded(withShortLive(state))
  let room = maxStateBytes - jsonBytes({ ...needed, undelivered: [] })
  let reserved = reservedBytes
  const fit = <One>(list: readonly One[], least: number): readonly One[] => {
    reserved -= 1_024 * least
    const kept = firstThatFit(list, Math.min(room, Math.max(1_024 * least, room - reserved)))
    room -= jsonBytes(kept)
    return kept
  }
  const { ledger, controls, undelivered, superseded } = state
  const releases = fit(ledger.releases.map(withoutServices), leastRoom.releases)
  const kept = {
    controls: fit(controls, leastRoom.controls),
    ...(undelivered === undefined ? {} : { undelivered: fit(undelivered, leastRoom.undelivered) }),
    superseded: fit(superseded, leastRoom.superseded),
  }
  return {
    ...needed,
    ...kept,
    ledger: { ...needed.ledger, releases: withServices(releases, ledger.releases, room) },
  }
}

/** Older versions kept whole messages. */
function withShortEntries({ live, releases }: Ledger): Ledger {
  const short = releases.map(withShortTexts)
  return live === undefined ? { releases: short } : { live: withShortTexts(live), releases: short }
}

function withoutServices(entry: LedgerEntry): LedgerEntry {
  return entry.services.length === 0 ? entry : { ...entry, services: [] }
}

/** Gives the newest entries their services again, as far as these fit. */
function withServices(
  short: readonly LedgerEntry[],
  whole: readonly LedgerEntry[],
  room: number,
): readonly LedgerEntry[] {
  const services = whole.slice(0, short.length).map((entry) => entry.services)
  const kept = firstThatFit(services, room).length
  return short.map((entry, at) => (at < kept ? (whole[at] ?? entry) : entry))
}

/** Where even the live release is too large, its digests go: those of pinned images are in ECS. */
function withShortLive(state: EnvironmentState): EnvironmentState {
  const { ledger } = state
  if (ledger.live === undefined) return state
  if (jsonBytes(onlyNeeded(state)) <= maxNeededBytes) return state
  const services = ledger.live.services.map((service) => ({
    ...service,
    revision: { ...service.revision, digests: {} },
    rollbackTarget: { ...service.rollbackTarget, digests: {} },
  }))
  return { ...state, ledger: { ...ledger, live: { ...ledger.live, services } } }
}
