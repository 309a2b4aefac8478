import type { Outcome } from './outcome.ts'
import type { NotificationSpec } from './environment-spec.ts'
import type { ReleaseReference } from './release-reference.ts'

/**
 * What somebody is told of a release. It stands in the history of the environment's workflow, so
 * it holds no address and no secret; text of others in it is one line of bounded length. Times are
 * milliseconds since the epoch.
 */
export type Notice = ReleaseNotice | TestNotice

export type ReleaseNotice = StartedNotice | ApprovalNotice | OutcomeNotice

interface About {
  /** Stays the same however often it is sent: receivers know by it what they have already. */
  readonly id: string
  readonly at: number
  readonly project: string
  readonly environment: string
  /** As the configuration has it; the worker's `TEMPORAL_UI_URL` goes before it. */
  readonly temporalUi?: string
}

interface AboutRelease extends About {
  readonly release: ReleaseReference
  /** `mailman 3f2c1ab → production: Add organization id to inboxes` */
  readonly summary: string
  /** Why it was asked for, where somebody said so. */
  readonly reason?: string
}

export interface StartedNotice extends AboutRelease {
  readonly event: 'started'
}

export interface ApprovalNotice extends AboutRelease {
  readonly event: 'approval_needed'
  /** Without an approval until then it is rejected. */
  readonly until: number
}

export interface OutcomeNotice extends AboutRelease {
  readonly event: 'outcome'
  readonly outcome: Outcome
  readonly message: string
  readonly cause?: string
  /** Absent where it ended without ever having started. */
  readonly startedAt?: number
}

/** Of nothing at all: somebody tries whether it arrives. */
export interface TestNotice extends About {
  readonly event: 'test'
  readonly requestedBy: string
}

/** One notice for one receiver. */
export interface Sending<Told extends Notice = Notice> {
  readonly notice: Told
  readonly to: NotificationSpec
}

/** One about a release: all that an environment has to keep. */
export type ReleaseSending = Sending<ReleaseNotice>

/** What came of telling one receiver. */
export interface TestedNotification {
  /** `slack (SLACK_WEBHOOK_URL)` */
  readonly to: string
  /** Absent where it has arrived. */
  readonly failure?: string
}
