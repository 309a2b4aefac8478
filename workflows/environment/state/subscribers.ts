import type { RequestStatus, Requester } from '../../../contract/requests.ts'
import type { RunningRelease } from '../../../contract/environment.ts'
import type { EnvironmentState } from './state.ts'
import { supersededBy } from '../../../text/queue.ts'

/** Adds a requester that waits for the end of a release. */
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

/** The requesters whose release has ended, and the state without their subscriptions. */
export function notifySubscribers(
  state: EnvironmentState,
  running: RunningRelease | undefined,
): { readonly state: EnvironmentState; readonly deliveries: readonly Delivery[] } {
  const { subscriptions = [] } = state
  const deliveries: Delivery[] = []
  const remaining = subscriptions.filter(({ releaseId, ...requester }) => {
    const requestStatus = endedStatusOf(state, running, releaseId)
    if (requestStatus !== undefined) deliveries.push({ requester, requestStatus })
    return requestStatus === undefined
  })
  return deliveries.length === 0
    ? { state, deliveries }
    : { state: { ...state, subscriptions: remaining }, deliveries }
}

/** How a release ended, if it has and the environment remaining has it in its ledger. */
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
