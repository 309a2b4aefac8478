import type { PlainControl, ControlRequest, Control } from '../../../contract/controls.ts'
import { outcomeWords } from '../../../text/outcome-words.ts'
import type { RunningRelease, Freeze } from '../../../contract/environment.ts'
import { freezeAt, withControl, type EnvironmentState, type Waiting } from './state.ts'
import { waitText } from '../../../text/wait-reason.ts'
import { cut } from '../../../contract/size.ts'
import { endWaiting } from './queue.ts'
import { waitReasonOf } from './wait-reason.ts'

/** What a control does to the state and to the running release. */
export type ControlEffect =
  | { readonly kind: 'rejected'; readonly reason: string }
  | {
      readonly kind: 'done'
      readonly state: EnvironmentState
      readonly message: string
      /** The release that it was about. */
      readonly release?: string
      readonly toRunning?: 'cancel' | 'pause' | 'resume'
    }

export function control(
  state: EnvironmentState,
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
      return approve(state, running, request, now)
    case 'reject':
      return reject(state, request, now)
    case 'cancel':
      return cancel(state, running, request, now)
    case 'pause':
    case 'resume':
      return hold(state, running, kind, request)
  }
}

const textBytes = 500

/** Records a control, done or rejected. */
export function noted(
  state: EnvironmentState,
  kind: Control['kind'],
  request: ControlRequest,
  now: number,
  rejected?: string,
): EnvironmentState {
  const { by, reason, release } = request
  return withControl(state, {
    kind,
    by: cut(by, 200),
    at: now,
    ...(reason === undefined ? {} : { reason: cut(reason, textBytes) }),
    ...(release === undefined ? {} : { release: cut(release, textBytes) }),
    ...(rejected === undefined ? {} : { rejected: cut(rejected, textBytes) }),
  })
}

function freeze(
  state: EnvironmentState,
  { by, reason, until }: ControlRequest,
  now: number,
): ControlEffect {
  if (until !== undefined && until <= now) {
    return {
      kind: 'rejected',
      reason: `the end of the freeze, ${new Date(until).toISOString()}, has passed`,
    }
  }
  const held = { by, reason: reason ?? 'no reason given', since: now }
  const end = until === undefined ? '' : ` until ${new Date(until).toISOString()}`
  const before = freezeAt(state, now)
  const instead = before === undefined ? '' : `; this replaces ${freezeInWords(before)}`
  return {
    kind: 'done',
    state: { ...state, freeze: until === undefined ? held : { ...held, until } },
    message: `${state.environment} is frozen${end}: only rollbacks are admitted${instead}`,
  }
}

function freezeInWords({ by, reason, until }: Freeze): string {
  const end = until === undefined ? '' : ` until ${new Date(until).toISOString()}`
  return `the freeze${end} by ${by} (${reason})`
}

function unfreeze(state: EnvironmentState, now: number): ControlEffect {
  const { freeze: held, ...rest } = state
  if (held === undefined || freezeAt(state, now) === undefined) {
    return { kind: 'rejected', reason: `${state.environment} is not frozen` }
  }
  return { kind: 'done', state: rest, message: `${state.environment} is no longer frozen` }
}

function approve(
  state: EnvironmentState,
  running: RunningRelease | undefined,
  request: ControlRequest,
  now: number,
): ControlEffect {
  const found = awaitingApproval(state, request.release, now)
  if (typeof found === 'string') return { kind: 'rejected', reason: found }
  const approval = { kind: 'given', by: request.by, at: now } as const
  const approved: EnvironmentState = {
    ...state,
    waiting: state.waiting.map((one) => (one === found ? { ...one, approval } : one)),
  }
  const { id } = found.input
  const reason = waitReasonOf(approved, running, id, now)
  return {
    kind: 'done',
    state: approved,
    release: id,
    message:
      reason === undefined
        ? `${id} is approved`
        : `${id} is approved, and ${waitText(reason, state.environment)}`,
  }
}

function reject(state: EnvironmentState, request: ControlRequest, now: number): ControlEffect {
  const found = awaitingApproval(state, request.release, now)
  if (typeof found === 'string') return { kind: 'rejected', reason: found }
  const why = request.reason === undefined ? '' : ` (${request.reason})`
  const message = `Rejected by ${request.by}${why}; nothing was changed.`
  return {
    kind: 'done',
    state: endWaiting(state, found, now, 'rejected', message),
    release: found.input.id,
    message: `${found.input.id} is rejected`,
  }
}

function cancel(
  state: EnvironmentState,
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
      release: waiting.input.id,
      message: `${waiting.input.id} is cancelled`,
    }
  }
  if (running === undefined || (release !== undefined && release !== running.id)) {
    return { kind: 'rejected', reason: notHere(state, running, release) }
  }
  const { id } = running
  const message = `${id} is being cancelled`
  return { kind: 'done', state, message, release: id, toRunning: 'cancel' }
}

function hold(
  state: EnvironmentState,
  running: RunningRelease | undefined,
  kind: 'pause' | 'resume',
  { release }: ControlRequest,
): ControlEffect {
  if (running === undefined || (release !== undefined && release !== running.id)) {
    return { kind: 'rejected', reason: notHere(state, running, release) }
  }
  const { id, paused } = running
  if (kind === 'resume' && paused === undefined) {
    return { kind: 'rejected', reason: `${id} is not paused` }
  }
  if (kind === 'pause' && paused !== undefined) {
    return { kind: 'rejected', reason: `${id} is already paused by ${paused.by}` }
  }
  const message =
    kind === 'pause'
      ? `${id} will pause before its next step, until it is resumed`
      : `${id} continues`
  return { kind: 'done', state, message, release: id, toRunning: kind }
}

function awaitingApproval(
  state: EnvironmentState,
  release: string | undefined,
  now: number,
): Waiting | string {
  const open = state.waiting.filter(
    ({ approval }) => approval?.kind === 'needed' && approval.until > now,
  )
  const named = release === undefined ? open : open.filter(({ input }) => input.id === release)
  const [first, ...others] = named
  if (first === undefined) return `no ${release ?? 'release'} waits for an approval`
  if (others.length === 0) return first
  return `several releases wait for an approval; give one with "release": ${named.map(({ input }) => input.id).join(', ')}`
}

function notHere(
  { environment, waiting, ledger }: EnvironmentState,
  running: RunningRelease | undefined,
  release: string | undefined,
): string {
  if (release === undefined) {
    const names = waiting.map(({ input }) => input.id).join(', ')
    const named = names === '' ? '' : `; to cancel a waiting release, name it: ${names}`
    return `nothing runs in ${environment}${named}`
  }
  if (waiting.some(({ input }) => input.id === release)) {
    return `${release} has not started yet in ${environment}`
  }
  const ended = ledger.releases.find(({ id }) => id === release)
  if (ended !== undefined) return `${release} has ended: ${outcomeWords[ended.outcome]}`
  const instead = running === undefined ? '' : `; ${running.id} runs`
  return `${release} neither runs nor waits in ${environment}${instead}`
}
