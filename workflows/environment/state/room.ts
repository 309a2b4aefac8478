import type { LedgerEntry } from '../../../contract/environment.ts'
import type { ReleaseRequest } from '../../../contract/requests.ts'
import { firstThatFit, jsonBytes } from '../../../contract/size.ts'
import { withShortTexts, type Ledger } from './ledger.ts'
import type { EnvironmentState } from './state.ts'

/**
 * The state is the input of the next run. Temporal refuses an input of more than 2 MB, and warns of
 * 256 KiB, in bytes of JSON.
 */
export const maxStateBytes = 256 * 1024

/** At least this much room, in KiB, is for what is only told to people: the most important first. */
const leastRoom = { releases: 16, controls: 12, undelivered: 4, superseded: 8 } as const
const reservedBytes = 1_024 * Object.values(leastRoom).reduce((sum, one) => sum + one, 0)

/**
 * A request that is larger is rejected: the state must have room for the spec of the last request, for
 * one that waits, and for a rollback.
 */
export const maxRequestBytes = 36 * 1024

/** About as much as a live service takes. */
const serviceBytes = 800

/**
 * Whether the state has room for what a request has added to it, and for the end of its release. A
 * request that is not a rollback leaves room for one: going back must always be possible.
 */
export function hasRoomFor(state: EnvironmentState, request: ReleaseRequest): boolean {
  const { ledger, ...rest } = onlyNeeded(state)
  const live = Math.max(jsonBytes(ledger), request.spec.services.length * serviceBytes)
  // It brings the revisions that ran before the live ones.
  const rollback = request.kind === 'rollback' ? 0 : jsonBytes(request) + live / 2
  return jsonBytes(rest) + live + rollback <= maxStateBytes - reservedBytes
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
  if (jsonBytes(onlyNeeded(state)) <= maxStateBytes - reservedBytes) return state
  const services = ledger.live.services.map((service) => ({
    ...service,
    revision: { ...service.revision, digests: {} },
    rollbackTarget: { ...service.rollbackTarget, digests: {} },
  }))
  return { ...state, ledger: { ...ledger, live: { ...ledger.live, services } } }
}
