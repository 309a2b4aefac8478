import type { ReleaseSending, Sending } from '../../../contract/notices.ts'
import type { EnvironmentState } from './state.ts'

/** A receiver that is away for hours must not make the state longer than Temporal can hand on. */
export const keptUnsent = 100
export const keptUndelivered = 10

/** Puts notices in, each once for a receiver. There is less room for the least important ones. */
export function withSendings(
  state: EnvironmentState,
  sendings: readonly ReleaseSending[],
  now: number,
): EnvironmentState {
  return sendings.reduce((next, sending) => {
    const unsent = next.unsent ?? []
    if (unsent.some((one) => keyOf(one) === keyOf(sending))) return next
    const { notice } = sending
    const isLesser = notice.event === 'outcome' && notice.outcome === 'superseded'
    if (unsent.length < (isLesser ? keptUnsent / 2 : keptUnsent)) {
      return { ...next, unsent: [...unsent, sending] }
    }
    const reason = `${unsent.length} others before it have not arrived yet`
    return withUndelivered(next, sending, now, reason)
  }, state)
}

/** Takes out what has arrived. */
export function withoutSending(state: EnvironmentState, sending: ReleaseSending): EnvironmentState {
  const { unsent = [], ...rest } = state
  const others = unsent.filter((one) => keyOf(one) !== keyOf(sending))
  return others.length === 0 ? rest : { ...rest, unsent: others }
}

/** Takes out what will not arrive any more, and keeps why. */
export function withUndelivered(
  state: EnvironmentState,
  sending: ReleaseSending,
  at: number,
  reason: string,
): EnvironmentState {
  const { release, event } = sending.notice
  const one = { release: release.id, event, to: receiverName(sending), at, reason }
  return {
    ...withoutSending(state, sending),
    undelivered: [one, ...(state.undelivered ?? [])].slice(0, keptUndelivered),
  }
}

/** The same for one notice and one receiver, whatever run of the workflow looks at it. */
export function keyOf(sending: ReleaseSending): string {
  return `${sending.notice.id} ${receiverName(sending)}`
}

export function receiverName({ to }: Pick<Sending, 'to'>): string {
  return `${to.type} (${to.urlFrom})`
}
