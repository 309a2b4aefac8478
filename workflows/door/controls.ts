import type { RunningRelease } from '../types.ts'
import { freezeAt, withControl, type Control, type DoorState, type Waiting } from './state.ts'
import { endWaiting } from './turn.ts'

/** What a person asks of an environment, as a signal or an Update carries it. */
export interface ControlRequest {
  readonly by: string
  readonly reason?: string
  /** Id of the release that it is about. Left out: the one that it can only be about. */
  readonly release?: string
  /** End of a freeze, in milliseconds since the epoch. */
  readonly until?: number
}

/** What a control does: to the state, and to the release that runs. */
export type ControlEffect =
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'done'
      readonly state: DoorState
      readonly message: string
      readonly toRunning?: 'cancel' | 'pause' | 'resume'
    }

/** The controls that need nothing but the state. Rollbacks and releases are requests. */
export type PlainControl = Exclude<Control['kind'], 'release' | 'rollback'>

export function control(
  state: DoorState,
  running: RunningRelease | undefined,
  kind: PlainControl,
  request: ControlRequest,
  now: number,
): ControlEffect {
  switch (kind) {
    case 'freeze':
      return freeze(state, request, now)
    case 'unfreeze':
      return unfreeze(state, now)
    case 'approve':
      return approve(state, request, now)
    case 'reject':
      return reject(state, request, now)
    case 'cancel':
      return cancel(state, running, request, now)
    case 'pause':
    case 'resume':
      return hold(state, running, kind)
  }
}

/** Writes down who did what, whether it could be done or not. */
export function noted(
  state: DoorState,
  kind: Control['kind'],
  request: ControlRequest,
  now: number,
  refused?: string,
): DoorState {
  const { by, reason, release } = request
  return withControl(state, {
    kind,
    by,
    at: now,
    ...(reason === undefined ? {} : { reason }),
    ...(release === undefined ? {} : { release }),
    ...(refused === undefined ? {} : { refused }),
  })
}

function freeze(
  state: DoorState,
  { by, reason, until }: ControlRequest,
  now: number,
): ControlEffect {
  if (until !== undefined && until <= now) {
    return { kind: 'refused', reason: `its end, ${new Date(until).toISOString()}, has passed` }
  }
  const held = { by, reason: reason ?? 'no reason given', since: now }
  return {
    kind: 'done',
    state: { ...state, freeze: until === undefined ? held : { ...held, until } },
    message: `${state.environment} is frozen: nothing but rollbacks is let in`,
  }
}

function unfreeze(state: DoorState, now: number): ControlEffect {
  const { freeze: held, ...rest } = state
  if (held === undefined || freezeAt(state, now) === undefined) {
    return { kind: 'refused', reason: `${state.environment} is not frozen` }
  }
  return { kind: 'done', state: rest, message: `${state.environment} is not frozen any more` }
}

function approve(state: DoorState, request: ControlRequest, now: number): ControlEffect {
  const found = awaitingApproval(state, request.release)
  if (typeof found === 'string') return { kind: 'refused', reason: found }
  const approval = { kind: 'given', by: request.by, at: now } as const
  return {
    kind: 'done',
    state: {
      ...state,
      waiting: state.waiting.map((one) => (one === found ? { ...one, approval } : one)),
    },
    message: `${found.input.id} is approved`,
  }
}

function reject(state: DoorState, request: ControlRequest, now: number): ControlEffect {
  const found = awaitingApproval(state, request.release)
  if (typeof found === 'string') return { kind: 'refused', reason: found }
  const why = request.reason === undefined ? '' : ` (${request.reason})`
  const message = `Rejected by ${request.by}${why}; nothing was touched.`
  return {
    kind: 'done',
    state: endWaiting(state, found, now, 'rejected', message),
    message: `${found.input.id} is rejected`,
  }
}

function cancel(
  state: DoorState,
  running: RunningRelease | undefined,
  { by, reason, release }: ControlRequest,
  now: number,
): ControlEffect {
  const waiting = state.waiting.find(({ input }) => input.id === release)
  if (waiting !== undefined) {
    const why = reason === undefined ? '' : ` (${reason})`
    const message = `Cancelled by ${by}${why} before it started.`
    return {
      kind: 'done',
      state: endWaiting(state, waiting, now, 'cancelled', message),
      message: `${waiting.input.id} is cancelled`,
    }
  }
  if (running === undefined || (release !== undefined && release !== running.id)) {
    return { kind: 'refused', reason: notHere(state, running, release) }
  }
  return { kind: 'done', state, message: `${running.id} is being cancelled`, toRunning: 'cancel' }
}

function hold(
  state: DoorState,
  running: RunningRelease | undefined,
  kind: 'pause' | 'resume',
): ControlEffect {
  if (running === undefined) return { kind: 'refused', reason: notHere(state, running, undefined) }
  const message =
    kind === 'pause'
      ? `${running.id} stops before its next step, until somebody resumes it`
      : `${running.id} goes on`
  return { kind: 'done', state, message, toRunning: kind }
}

function awaitingApproval(state: DoorState, release: string | undefined): Waiting | string {
  const open = state.waiting.filter(({ approval }) => approval?.kind === 'needed')
  const named = release === undefined ? open : open.filter(({ input }) => input.id === release)
  const [first, ...others] = named
  if (first === undefined) return `no ${release ?? 'release'} waits for an approval`
  if (others.length === 0) return first
  return `several releases wait for an approval, name one: ${named.map(({ input }) => input.id).join(', ')}`
}

function notHere(
  { environment }: DoorState,
  running: RunningRelease | undefined,
  release: string | undefined,
): string {
  if (release !== undefined) return `${release} neither runs nor waits in ${environment}`
  return running === undefined ? `nothing runs in ${environment}` : `${running.id} runs`
}
