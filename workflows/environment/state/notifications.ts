import type {
  ReleaseNotification,
  AddressedReleaseNotification,
} from '../../../contract/notifications.ts'
import {
  isNotificationSpec,
  type EnvironmentSpec,
  type NotificationSpec,
} from '../../../contract/environment-spec.ts'
import type { ReleaseInput } from '../../../contract/releases.ts'
import { referenceOf } from '../../release-reference.ts'
import { oneLine, releaseSummary } from '../../../text/short.ts'
import type { EnvironmentState } from './state.ts'
import { supersededBy } from '../../../text/queue.ts'

/** An environment at one moment. */
export interface EnvironmentSnapshot {
  readonly state: EnvironmentState
  readonly running?: InProgress | undefined
}

export interface InProgress {
  readonly input: ReleaseInput
  readonly startedAt: number
  /** Temporal has started it. */
  readonly hasStarted: boolean
}

interface RequestNotification {
  readonly input: ReleaseInput
  readonly notification: ReleaseNotification
}

/**
 * The notifications of a change: an admitted release has started, waits for an approval, or has ended,
 * whether it had started or not. Only the requester learns of a rejected request. Ends come first,
 * since one of them is often the reason why another release starts.
 */
export function notificationsOf(
  before: EnvironmentSnapshot,
  after: EnvironmentSnapshot,
  now: number,
): readonly AddressedReleaseNotification[] {
  const all = [...ends(before, after, now), ...approvals(before, after, now)]
  return [...all, ...starts(before, after, now)].flatMap(({ input, notification }) =>
    receiversOf(input.request.spec)
      .filter((to) => wants(to, notification))
      .map((to) => ({ notification, to })),
  )
}

function starts(
  { running: earlier }: EnvironmentSnapshot,
  { running }: EnvironmentSnapshot,
  now: number,
): readonly RequestNotification[] {
  if (running?.hasStarted !== true) return []
  const { input } = running
  if (earlier?.hasStarted === true && earlier.input.id === input.id) return []
  return [{ input, notification: { ...about(input, 'started', now), event: 'started' } }]
}

function approvals(
  before: EnvironmentSnapshot,
  after: EnvironmentSnapshot,
  now: number,
): readonly RequestNotification[] {
  const known = new Set(before.state.waiting.map(({ input }) => input.id))
  return after.state.waiting.flatMap(({ input, approval }) => {
    if (approval?.kind !== 'needed' || known.has(input.id)) return []
    const event = 'approval_needed'
    return [{ input, notification: { ...about(input, event, now), event, until: approval.until } }]
  })
}

function ends(
  before: EnvironmentSnapshot,
  after: EnvironmentSnapshot,
  now: number,
): readonly RequestNotification[] {
  const { ledger, superseded } = after.state
  const event = 'outcome'
  const taken = newOf(before.state.superseded, superseded).flatMap(
    ({ id, by }): RequestNotification[] => {
      const { input } = knownOf(before, id)
      if (input === undefined) return []
      const how = { event, outcome: 'superseded', message: supersededBy(by) } as const
      return [{ input, notification: { ...about(input, event, now), ...how } }]
    },
  )
  const ended = newOf(before.state.ledger.releases, ledger.releases).flatMap(
    (entry): RequestNotification[] => {
      const { input, startedAt } = knownOf(before, entry.id)
      if (input === undefined) return []
      const { outcome, message, cause } = entry
      const notification = {
        ...about(input, event, now),
        event,
        outcome,
        message: oneLine(message, 1_000),
        ...(cause === undefined ? {} : { cause: oneLine(cause, 500) }),
        ...(startedAt === undefined ? {} : { startedAt }),
      } as const
      return [{ input, notification }]
    },
  )
  return [...taken, ...ended]
}

/** The new elements of a list that grows at its front, oldest first. */
function newOf<One extends { readonly id: string }>(
  before: readonly One[],
  after: readonly One[],
): readonly One[] {
  if (before === after) return []
  const known = new Set(before.map(({ id }) => id))
  return after.filter(({ id }) => !known.has(id)).toReversed()
}

/** The request of an id, and when it started, if it did. */
function knownOf({ state, running }: EnvironmentSnapshot, id: string): Partial<InProgress> {
  if (running?.input.id === id) {
    const { input, startedAt, hasStarted } = running
    return hasStarted ? { input, startedAt } : { input }
  }
  const waiting = state.waiting.find(({ input }) => input.id === id)
  return waiting === undefined ? {} : { input: waiting.input }
}

function about(input: ReleaseInput, event: string, at: number) {
  const { id, request, commit } = input
  const { project, environment, links } = request.spec
  const reason = request.kind === 'rollback' ? request.reason : request.override?.reason
  return {
    id: `${id}/${event}/${at}`,
    at,
    project,
    environment,
    release: referenceOf(input),
    summary: releaseSummary(request, commit),
    ...(reason === undefined ? {} : { reason: oneLine(reason) }),
    ...(links?.temporalUi === undefined ? {} : { temporalUi: links.temporalUi }),
  }
}

/** Only the well-formed ones: a release must not fail for a notification that cannot be sent. */
function receiversOf({ notifications }: EnvironmentSpec): readonly NotificationSpec[] {
  return Array.isArray(notifications) ? notifications.filter(isNotificationSpec) : []
}

function wants({ on, outcomes }: NotificationSpec, notification: ReleaseNotification): boolean {
  if (!on.includes(notification.event)) return false
  return (
    notification.event !== 'outcome' ||
    outcomes === undefined ||
    outcomes.includes(notification.outcome)
  )
}
