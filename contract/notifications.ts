import type { Outcome } from './outcome.ts'
import type { NotificationSpec } from './environment-spec.ts'
import type { ReleaseReference } from './release-reference.ts'

/**
 * A message about a release. It is kept in the history of the environment's workflow, so it holds no
 * address and no secret, and foreign text in it is one line of bounded length. Times are milliseconds
 * since the epoch.
 */
export type Notification = ReleaseNotification | TestNotification

export type ReleaseNotification = StartedNotification | ApprovalNotification | OutcomeNotification

interface NotificationBase {
  /** The same for every attempt: receivers recognize a repeated notification by it. */
  readonly id: string
  readonly at: number
  readonly project: string
  readonly environment: string
  /** From the configuration; the worker's `TEMPORAL_UI_URL` takes precedence. */
  readonly temporalUi?: string
}

interface ReleaseNotificationBase extends NotificationBase {
  readonly release: ReleaseReference
  /** `mailman 3f2c1ab → production: Add organization id to inboxes` */
  readonly summary: string
  /** The reason given with the request. */
  readonly reason?: string
}

export interface StartedNotification extends ReleaseNotificationBase {
  readonly event: 'started'
}

export interface ApprovalNotification extends ReleaseNotificationBase {
  readonly event: 'approval_needed'
  /** The release is rejected if it is not approved by then. */
  readonly until: number
}

export interface OutcomeNotification extends ReleaseNotificationBase {
  readonly event: 'outcome'
  readonly outcome: Outcome
  readonly message: string
  readonly cause?: string
  /** Absent: it ended without having started. */
  readonly startedAt?: number
}

/** A test whether notifications arrive. */
export interface TestNotification extends NotificationBase {
  readonly event: 'test'
  readonly requestedBy: string
}

/** A notification for one receiver. */
export interface AddressedNotification<Told extends Notification = Notification> {
  readonly notification: Told
  readonly to: NotificationSpec
}

/** A notification about a release for one receiver, as an environment keeps it until it is sent. */
export type AddressedReleaseNotification = AddressedNotification<ReleaseNotification>

/** The result of a test notification to one receiver. */
export interface TestedNotification {
  /** `slack (SLACK_WEBHOOK_URL)` */
  readonly to: string
  /** Absent: it has arrived. */
  readonly failure?: string
}
