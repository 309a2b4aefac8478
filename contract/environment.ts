import type { Paused, ReleasedService } from './releases.ts'
import { type Outcome } from './outcome.ts'
import { type ReleaseRequest } from './requests.ts'

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
  readonly rejected?: string
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
export interface LedgerEntry {
  readonly id: string
  readonly kind: ReleaseRequest['kind']
  readonly commit?: string
  readonly subject?: string
  readonly requestedBy: string
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

export interface WaitingRelease {
  readonly id: string
  readonly kind: ReleaseRequest['kind']
  readonly commit?: string
  readonly subject?: string
  readonly requestedBy: string
  readonly since: number
  /** Absent where none is needed. */
  readonly approval?: Approval
  /** Why it does not wait for the end of a freeze. */
  readonly override?: string
}

export interface RunningRelease {
  readonly id: string
  readonly kind: ReleaseRequest['kind']
  readonly commit?: string
  readonly requestedBy: string
  readonly startedAt: number
  /** Present while it holds before its next step, or will. */
  readonly paused?: Paused
}
