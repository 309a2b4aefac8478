import { type EnvironmentSpec } from './environment-spec.ts'
import { type Outcome } from './outcome.ts'

/** A workflow that requested a release by signal, and receives the request's status by signal. */
export interface Requester {
  readonly workflowId: string
  readonly runId?: string
}

/** The status of a request, as its requester receives it. */
export type RequestStatus =
  /** `retryable`: the environment was frozen or busy, and may admit the same request later. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly retryable: boolean }
  | { readonly kind: 'admitted'; readonly releaseId: string; readonly message: string }
  | {
      readonly kind: 'ended'
      readonly releaseId: string
      readonly outcome: Outcome
      readonly message: string
    }

/** What an environment can be asked for. */
export type ReleaseRequest = DeployRequest | RedeployRequest | RollbackRequest

/** What every request carries. */
export interface RequestBase {
  readonly spec: EnvironmentSpec
  /** `user@host`, or what CI calls itself. */
  readonly requestedBy: string
}

/** Check, build, push and deploy one commit. */
export interface DeployRequest extends RequestBase {
  readonly kind: 'deploy'
  /** 40 hexadecimal digits. */
  readonly commit: string
  /** First line of the commit message, for people; at most 120 characters. */
  readonly subject: string
  /** When it was committed, in milliseconds since the epoch; for the lead time. */
  readonly committedAt?: number
  readonly override?: FreezeOverride
  /**
   * Suffix of the tags of a rebuild, at most 20 letters and digits: all images are built anew, on
   * the newest base images. Absent: images of the commit that are in the registry are used.
   */
  readonly rebuild?: string
}

/** Lets a request through although the environment is frozen. */
export interface FreezeOverride {
  readonly reason: string
}

/** A new deployment of what is live: the same revision, fresh tasks. */
export interface RedeployRequest extends RequestBase {
  readonly kind: 'redeploy'
  readonly override?: FreezeOverride
}

/** Back to what ran before the live release, or to an earlier release. */
export interface RollbackRequest extends RequestBase {
  readonly kind: 'rollback'
  /**
   * Id or commit of a release in the ledger, or a revision (`mailman-api:41`, its ARN). Absent: what
   * ran before the live release; the live release if the last one ended as `rollback_failed`.
   */
  readonly to?: string
  readonly reason?: string
}

/** The answer to the Updates `release` and `rollback` of an environment: the release to follow. */
export interface Accepted {
  readonly releaseId: string
  /** Absent while the release waits for its turn: it has no workflow yet. */
  readonly runId?: string
  /** The same was requested before: this request has joined that release. */
  readonly joined: boolean
  /** One sentence for people. */
  readonly message: string
}

export type SignalledRequest = Exclude<ReleaseRequest, RollbackRequest> & {
  readonly replyTo?: Requester
}
