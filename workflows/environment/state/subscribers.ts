import type { RequestStatus, Requester } from '../../../contract/requests.ts'
import type { RunningRelease } from '../../../contract/environment.ts'
import type { EnvironmentState } from './state.ts'
import { supersededBy } from '../../../text/queue.ts'

/** Remembers who is to be told of the end of a release. */
export function withSubscription(
  state: EnvironmentState,
  requester: Requester | undefined,
  releaseId: string,
): EnvironmentState {
  if (requester === undefined) return state
  return { ...state, subscriptions: [...(state.subscriptions ?? []), { ...requester, releaseId }] }
}

export interface Delivery {
  readonly requester: Requester
  readonly requestStatus: RequestStatus
}

/** Who has to be told of an end now, and the state without them. */
export function notifySubscribers(
  state: EnvironmentState,
  running: RunningRelease | undefined,
): { readonly state: EnvironmentState; readonly told: readonly Delivery[] } {
  const { subscriptions = [] } = state
  const told: Delivery[] = []
  const still = subscriptions.filter(({ releaseId, ...requester }) => {
    const requestStatus = endedStatusOf(state, running, releaseId)
    if (requestStatus !== undefined) told.push({ requester, requestStatus })
    return requestStatus === undefined
  })
  return told.length === 0 ? { state, told } : { state: { ...state, subscriptions: still }, told }
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
