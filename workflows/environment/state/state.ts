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
 * The state of an environment, as plain data: it is passed on when the workflow continues as new, and
 * every decision about it is a pure function that can be tested without a server. Times are
 * milliseconds since the epoch.
 */
export interface EnvironmentState {
  readonly environment: string
  readonly project: string
  /** The spec of the last request. A rollback by signal brings none of its own. */
  readonly spec?: EnvironmentSpec
  /**
   * Release task queue of the last request by Update, whose sender has checked that a worker serves
   * it. A schedule may have an old configuration. Absent: the queue that the environment started on.
   */
  readonly releaseQueue?: string
  readonly ledger: Ledger
  /** Requests that wait for their turn, the next one first. */
  readonly waiting: readonly Waiting[]
  /** Newest first, at most {@link keptSuperseded}. */
  readonly superseded: readonly Superseded[]
  readonly freeze?: Freeze
  /** Manual actions, newest first, at most {@link keptControls}. */
  readonly controls: readonly Control[]
  /** Workflows that requested a release by signal, and wait for its end. */
  readonly subscriptions?: readonly Subscription[]
  /** Notifications that have not arrived yet, oldest first. */
  readonly unsent?: readonly AddressedReleaseNotification[]
  /** Notifications that were given up, newest first. */
  readonly undelivered?: readonly UndeliveredNotification[]
}

export const keptSuperseded = 500
const keptControls = 50

export interface Waiting {
  readonly input: ReleaseInput
  readonly since: number
  /** Absent: none is needed. */
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

/** The freeze in effect, if any. One that has expired is not. */
export function freezeAt(state: EnvironmentState, now: number): Freeze | undefined {
  const { freeze } = state
  return freeze?.until !== undefined && freeze.until <= now ? undefined : freeze
}

export function withControl(state: EnvironmentState, control: Control): EnvironmentState {
  return { ...state, controls: [control, ...state.controls].slice(0, keptControls) }
}

/** A {@link Requester} and the release that it waits for. */
export interface Subscription extends Requester {
  readonly releaseId: string
}
