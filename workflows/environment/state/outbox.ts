import type {
  AddressedNotification,
  AddressedReleaseNotification,
} from '../../../contract/notifications.ts'
import { cut, jsonBytes } from '../../../contract/size.ts'
import type { EnvironmentState } from './state.ts'

/** A receiver that is down for hours must not make the state too large to continue as new. */
export const keptUndelivered = 10
export const unsentBytes = 32 * 1024

/** Adds notifications, each once for a receiver. The least important ones get half the room. */
export function withUnsent(
  state: EnvironmentState,
  added: readonly AddressedReleaseNotification[],
  now: number,
): EnvironmentState {
  return added.reduce((next, one) => {
    const unsent = next.unsent ?? []
    if (unsent.some((other) => keyOf(other) === keyOf(one))) return next
    const { notification } = one
    const isLesser = notification.event === 'outcome' && notification.outcome === 'superseded'
    const room = isLesser ? 0.5 : 1
    const more = [...unsent, one]
    if (jsonBytes(more) <= unsentBytes * room) {
      return { ...next, unsent: more }
    }
    const reason = `${unsent.length} notifications before it have not arrived yet`
    return withUndelivered(next, one, now, reason)
  }, state)
}

/** Removes a notification that has arrived. */
export function withoutUnsent(
  state: EnvironmentState,
  arrived: AddressedReleaseNotification,
): EnvironmentState {
  const { unsent = [], ...rest } = state
  const others = unsent.filter((one) => keyOf(one) !== keyOf(arrived))
  return others.length === 0 ? rest : { ...rest, unsent: others }
}

/** Gives up a notification, and keeps the reason. */
export function withUndelivered(
  state: EnvironmentState,
  givenUp: AddressedReleaseNotification,
  at: number,
  reason: string,
): EnvironmentState {
  const { release, event } = givenUp.notification
  const to = receiverName(givenUp)
  const one = { release: release.id, event, to, at, reason: cut(reason, 500) }
  return {
    ...withoutUnsent(state, givenUp),
    undelivered: [one, ...(state.undelivered ?? [])].slice(0, keptUndelivered),
  }
}

/** The same for one notification and one receiver in every run of the workflow. */
export function keyOf(addressed: AddressedReleaseNotification): string {
  return `${addressed.notification.id} ${receiverName(addressed)}`
}

export function receiverName({ to }: Pick<AddressedNotification, 'to'>): string {
  return `${to.type} (${to.urlFrom})`
}
