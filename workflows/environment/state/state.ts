import type { ReleaseSending } from '../../../contract/notices.ts'
import type { Target } from '../../../contract/environment-spec.ts'
import type { Ledger } from './ledger.ts'
import type { ReleaseInput } from '../../../contract/releases.ts'
import type { Asked } from './subscribers.ts'
import type { Undelivered } from './outbox.ts'

/**
 * All that an environment knows, as plain data: it is handed on when the workflow continues as
 * new, and every decision about it is a pure function that can be tested without a server. Times
 * are milliseconds since the epoch.
 */
export interface DoorState {
  readonly environment: string
  readonly project: string
  /** Of the last request: a rollback asked for by a signal has no other way to know it. */
  readonly target?: Target
  /**
   * The release queue of the last request by Update, whose sender has made sure that somebody
   * serves it. A schedule goes by a configuration that may be old. Absent: as it was started.
   */
  readonly releaseQueue?: string
  readonly ledger: Ledger
  /** What waits for its turn, the next one first. */
  readonly waiting: readonly Waiting[]
  /** Requests that a newer one took the place of, newest first, at most {@link keptSuperseded}. */
  readonly superseded: readonly Superseded[]
  readonly freeze?: Freeze
  /** Who did what, when and why, newest first, at most {@link keptControls}. */
  readonly controls: readonly Control[]
  /** Workflows that asked by a signal and wait to be told how it ended. */
  readonly asked?: readonly Asked[]
  /** Notices that have not arrived yet, oldest first. */
  readonly unsent?: readonly ReleaseSending[]
  /** Notices that did not arrive at all, newest first. */
  readonly undelivered?: readonly Undelivered[]
}

export const keptSuperseded = 500
export const keptControls = 50

export interface Waiting {
  readonly input: ReleaseInput
  readonly since: number
  /** Absent where none is needed. */
  readonly approval?: Approval
}

export type Approval =
  | { readonly kind: 'needed'; readonly until: number }
  | { readonly kind: 'given'; readonly by: string; readonly at: number }

export interface Superseded {
  readonly id: string
  readonly by: string
  readonly at: number
}

/** Nothing but rollbacks is let in until somebody lifts it, or until its end. */
export interface Freeze {
  readonly by: string
  readonly reason: string
  readonly since: number
  readonly until?: number
}

export type ControlKind =
  | 'approve'
  | 'cancel'
  | 'freeze'
  | 'override'
  | 'pause'
  | 'reject'
  | 'release'
  | 'resume'
  | 'rollback'
  /** One by a name that there is not. */
  | 'signal'
  | 'unfreeze'

export interface Control {
  readonly kind: ControlKind
  readonly by: string
  readonly at: number
  readonly reason?: string
  /** The release that it was about. */
  readonly release?: string
  /** Present where it could not be done: why. */
  readonly refused?: string
}

export function newDoor(environment: string, project: string): DoorState {
  return {
    environment,
    project,
    ledger: { releases: [] },
    waiting: [],
    superseded: [],
    controls: [],
  }
}

/** The freeze that holds now, if any: one whose end has passed does not. */
export function freezeAt(state: DoorState, now: number): Freeze | undefined {
  const { freeze } = state
  return freeze?.until !== undefined && freeze.until <= now ? undefined : freeze
}

export function withControl(state: DoorState, control: Control): DoorState {
  return { ...state, controls: [control, ...state.controls].slice(0, keptControls) }
}
