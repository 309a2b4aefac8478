import type { RequestStatus, Requester } from '../../../contract/requests.ts'
import type { RunningRelease } from '../../../contract/environment.ts'
import type { EnvironmentState } from './state.ts'
import { supersededBy } from '../../../text/queue.ts'

/** Remembers who is to be told of the end of a release. */
export function withSubscription(
  state: EnvironmentState,
  asker: Requester | undefined,
  releaseId: string,
): EnvironmentState {
  if (asker === undefined) return state
  return { ...state, asked: [...(state.asked ?? []), { ...asker, releaseId }] }
}

export interface Delivery {
  readonly asker: Requester
  readonly fate: RequestStatus
}

/** Who has to be told of an end now, and the state without them. */
export function notifySubscribers(
  state: EnvironmentState,
  running: RunningRelease | undefined,
): { readonly state: EnvironmentState; readonly told: readonly Delivery[] } {
  const { asked = [] } = state
  const told: Delivery[] = []
  const still = asked.filter(({ releaseId, ...asker }) => {
    const fate = endedStatusOf(state, running, releaseId)
    if (fate !== undefined) told.push({ asker, fate })
    return fate === undefined
  })
  return told.length === 0 ? { state, told } : { state: { ...state, asked: still }, told }
}

/** How a release ended, if it has: by id, as far as the environment remembers. */
export function endedStatusOf(
  { ledger, superseded, waiting }: EnvironmentState,
  running: RunningRelease | undefined,
  releaseId: string,
): Extract<RequestStatus, { readonly kind: 'ended' }> | undefined {
  if (running?.id === releaseId) return undefined
  if (waiting.some(({ input }) => input.id === releaseId)) return undefined
  const newer = superseded.find(({ id }) => id === releaseId)
  if (newer !== undefined) {
    const message = supersededBy(newer.by)
    return { kind: 'ended', releaseId, outcome: 'superseded', message }
  }
  const entry = ledger.releases.find(({ id }) => id === releaseId)
  if (entry === undefined) return undefined
  const { outcome, cause } = entry
  const message = cause === undefined ? entry.message : `${entry.message} Cause: ${cause}`
  return { kind: 'ended', releaseId, outcome, message }
}
