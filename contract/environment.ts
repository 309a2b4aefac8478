import type { ReleaseReference } from './release-reference.ts'
import { type Control } from './controls.ts'
import type { Paused, ReleasedService } from './releases.ts'
import { type Outcome } from './outcome.ts'

/** Times are milliseconds since the epoch. */
export type Approval =
  | { readonly kind: 'needed'; readonly until: number }
  | { readonly kind: 'given'; readonly by: string; readonly at: number }

/** Why a request has not started yet: the first obstacle in its way. */
export type WaitReason =
  | { readonly kind: 'approval'; readonly until: number }
  | { readonly kind: 'running'; readonly release: RunningRelease }
  | { readonly kind: 'freeze'; readonly freeze: Freeze }
  /** `behind`: id of the request that starts first. */
  | { readonly kind: 'queue'; readonly behind: string }

/** A request that a newer one replaced before it started. */
export interface Superseded {
  readonly id: string
  /** Id of the newer request. */
  readonly by: string
  readonly at: number
}

/** Blocks everything except rollbacks until it is lifted or expires. */
export interface Freeze {
  readonly by: string
  readonly reason: string
  readonly since: number
  readonly until?: number
}

/** A notification that was given up, and why. */
export interface UndeliveredNotification {
  readonly release: string
  readonly event: string
  /** The receiver: `slack (SLACK_WEBHOOK_URL)`. */
  readonly to: string
  readonly at: number
  readonly reason: string
}

/** What the starter of an `environment` workflow gives it. */
export interface EnvironmentStart {
  readonly environment: string
  readonly project: string
  /** The task queue that it is started on. Absent: it never moves to another one. */
  readonly taskQueue?: string
}

/** An entry of the environment's ledger. */
export interface LedgerEntry extends ReleaseReference {
  readonly startedAt: number
  readonly endedAt: number
  readonly outcome: Outcome
  readonly message: string
  readonly cause?: string
  readonly services: readonly ReleasedService[]
}

/** The answer to the query `status` of an `environment` workflow. */
export interface EnvironmentStatus {
  readonly environment: string
  readonly project: string
  /** The release whose revisions run now; absent before the first success. */
  readonly live?: LedgerEntry
  readonly running?: RunningRelease
  /** Requests that wait for their turn, the next one first. */
  readonly waiting: readonly WaitingRelease[]
  readonly freeze?: Freeze
  /** Newest first, at most 500. */
  readonly superseded: readonly Superseded[]
  /** Manual actions, newest first, at most 50. */
  readonly controls: readonly Control[]
  /** Newest first, at most 50. */
  readonly releases: readonly LedgerEntry[]
  /** Notifications that are being sent or retried. Absent: none. */
  readonly unsent?: readonly UnsentNotification[]
  /** Notifications that were given up, newest first, at most 10. Absent: none. */
  readonly undelivered?: readonly UndeliveredNotification[]
}

export interface UnsentNotification {
  readonly event: string
  readonly release: string
  /** The receiver: `slack (SLACK_WEBHOOK_URL)`. */
  readonly to: string
  readonly since: number
}

export interface WaitingRelease extends ReleaseReference {
  readonly since: number
  /** Absent: it can start now. */
  readonly waitsFor?: WaitReason
  /** Absent: none is needed. */
  readonly approval?: Approval
  /** The reason given for not waiting for the end of a freeze. */
  readonly override?: string
}

export interface RunningRelease extends ReleaseReference {
  readonly startedAt: number
  /** Present while it is paused, or will pause before its next step. */
  readonly paused?: Paused
}
