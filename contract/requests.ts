import { type EnvironmentSpec } from './environment-spec.ts'
import { type Outcome } from './outcome.ts'

/** A workflow that asked for a release by a signal: it is told by a signal what becomes of it. */
export interface Requester {
  readonly workflowId: string
  readonly runId?: string
}

/** What becomes of a request, as the one who asked is told. */
export type RequestStatus =
  /** `retryable` where the environment was frozen or busy: the same may be let in later. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly retryable: boolean }
  | { readonly kind: 'admitted'; readonly releaseId: string; readonly message: string }
  | {
      readonly kind: 'ended'
      readonly releaseId: string
      readonly outcome: Outcome
      readonly message: string
    }

/** What somebody asks an environment for. */
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
   * Builds all images anew, on base images as they are now, under tags with this behind them;
   * at most 20 letters and digits. Left out: what the registry has of the commit is taken.
   */
  readonly rebuild?: string
}

/** Goes ahead though the environment is frozen. */
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
   * Id or commit of a release in the ledger, or a revision (`mailman-api:41`, its ARN). Left out:
   * what ran before the live one.
   */
  readonly to?: string
  readonly reason?: string
}

/** The answer to the Updates `release` and `rollback` of an environment: what to follow. */
export interface Accepted {
  readonly releaseId: string
  /** Absent while the release waits for its turn: there is no workflow of it yet. */
  readonly runId?: string
  /** True where the same was asked for already: this request has joined that release. */
  readonly joined: boolean
  /** One sentence for people. */
  readonly message: string
}

export type SignalledRequest = Exclude<ReleaseRequest, RollbackRequest> & {
  readonly replyTo?: Requester
}
