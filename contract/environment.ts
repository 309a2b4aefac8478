import type { ReleaseReference } from './release-reference.ts'
import { type Control } from './controls.ts'
import type { Paused, ReleasedService } from './releases.ts'
import { type Outcome } from './outcome.ts'

export type Approval =
  | { readonly kind: 'needed'; readonly until: number }
  | { readonly kind: 'given'; readonly by: string; readonly at: number }

/** Why a request has not started yet: the first obstacle that has to go. */
export type WaitReason =
  | { readonly kind: 'approval'; readonly until: number }
  | { readonly kind: 'running'; readonly release: RunningRelease }
  | { readonly kind: 'freeze'; readonly freeze: Freeze }
  /** Another request goes first: its id. */
  | { readonly kind: 'queue'; readonly behind: string }

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

/** A notice that nobody was told of, and why. */
export interface Undelivered {
  readonly release: string
  readonly event: string
  /** Whom it was for: `slack (SLACK_WEBHOOK_URL)`. */
  readonly to: string
  readonly at: number
  readonly reason: string
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
  /** What waits for its turn, the next one first. */
  readonly waiting: readonly WaitingRelease[]
  readonly freeze?: Freeze
  /** Requests that a newer one took the place of, newest first. */
  readonly superseded: readonly Superseded[]
  /** Who did what, when and why, newest first. */
  readonly controls: readonly Control[]
  /** Newest first, at most 50. */
  readonly releases: readonly LedgerEntry[]
  /** Notices that are on their way or are being tried again; absent where there are none. */
  readonly unsent?: readonly UnsentNotice[]
  /** Notices that nobody was told of, newest first; absent where there are none. */
  readonly undelivered?: readonly Undelivered[]
}

export interface UnsentNotice {
  readonly event: string
  readonly release: string
  /** Whom it is for: `slack (SLACK_WEBHOOK_URL)`. */
  readonly to: string
  readonly since: number
}

export interface WaitingRelease extends ReleaseReference {
  readonly since: number
  /** Absent where it can start now. */
  readonly waitsFor?: WaitReason
  /** Absent where none is needed. */
  readonly approval?: Approval
  /** Why it does not wait for the end of a freeze. */
  readonly override?: string
}

export interface RunningRelease extends ReleaseReference {
  readonly startedAt: number
  /** Present while it holds before its next step, or will. */
  readonly paused?: Paused
}
