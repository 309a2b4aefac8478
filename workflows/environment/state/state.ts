import { type Requester } from '../../../contract/requests.ts'
import type {
  Freeze,
  Superseded,
  Approval,
  UndeliveredNotification,
} from '../../../contract/environment.ts'
import type { Control } from '../../../contract/controls.ts'
import type { AddressedReleaseNotification } from '../../../contract/notifications.ts'
import type { EnvironmentSpec } from '../../../contract/environment-spec.ts'
import type { Ledger } from './ledger.ts'
import type { ReleaseInput } from '../../../contract/releases.ts'

/**
 * All that an environment knows, as plain data: it is handed on when the workflow continues as
 * new, and every decision about it is a pure function that can be tested without a server. Times
 * are milliseconds since the epoch.
 */
export interface EnvironmentState {
  readonly environment: string
  readonly project: string
  /** Of the last request: a rollback asked for by a signal has no other way to know it. */
  readonly spec?: EnvironmentSpec
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
  readonly subscriptions?: readonly Subscription[]
  /** Notices that have not arrived yet, oldest first. */
  readonly unsent?: readonly AddressedReleaseNotification[]
  /** Notices that did not arrive at all, newest first. */
  readonly undelivered?: readonly UndeliveredNotification[]
}

export const keptSuperseded = 500
const keptControls = 50

export interface Waiting {
  readonly input: ReleaseInput
  readonly since: number
  /** Absent where none is needed. */
  readonly approval?: Approval
}

export function newEnvironmentState(environment: string, project: string): EnvironmentState {
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
export function freezeAt(state: EnvironmentState, now: number): Freeze | undefined {
  const { freeze } = state
  return freeze?.until !== undefined && freeze.until <= now ? undefined : freeze
}

export function withControl(state: EnvironmentState, control: Control): EnvironmentState {
  return { ...state, controls: [control, ...state.controls].slice(0, keptControls) }
}

/** An {@link Requester} and the release that it waits for. */
export interface Subscription extends Requester {
  readonly releaseId: string
}
