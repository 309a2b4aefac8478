import type { Target } from './environment-spec.ts'
import type { Evidence } from '../rollout/failed-tasks.ts'
import type { Outcome } from './outcome.ts'
import type { Undelivered } from '../workflows/environment/state/outbox.ts'
import type { Approval, Control, Freeze, Superseded } from '../workflows/environment/state/state.ts'
import type { Revision, RolloutProgress, WayBack } from './activity-types.ts'
import type { Link } from '../text/links.ts'

/** What somebody asks an environment for. */
export type ReleaseRequest = DeployRequest | RedeployRequest | RollbackRequest

interface Asked {
  readonly target: Target
  /** `user@host`, or what CI calls itself. */
  readonly requestedBy: string
}

/** Check, build, push and deploy one commit. */
export interface DeployRequest extends Asked {
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
export interface RedeployRequest extends Asked {
  readonly kind: 'redeploy'
  readonly override?: FreezeOverride
}

/** Back to what ran before the live release, or to an earlier release. */
export interface RollbackRequest extends Asked {
  readonly kind: 'rollback'
  /**
   * Id or commit of a release in the ledger, or a revision (`mailman-api:41`, its ARN). Left out:
   * what ran before the live one.
   */
  readonly to?: string
  readonly reason?: string
}

/** The memo of a `release` workflow: what its list can tell without opening it. */
export interface ReleaseMemo {
  readonly kind: ReleaseRequest['kind']
  readonly committedAt?: number
}

/** The input of a `release` workflow: a request that the environment has let through. */
export interface ReleaseInput {
  readonly id: string
  readonly request: ReleaseRequest
  /** For a rollback: what must run in the end, as far as the ledger knows it. */
  readonly revisions?: readonly Revision[]
  /** The commit that `revisions` were made from, where known. */
  readonly commit?: string
}

export type StepName =
  | 'inspect'
  | 'source'
  | 'checks'
  | 'build'
  | 'push'
  | 'register'
  | 'deploy'
  | 'wait'
  | 'verify'
  | 'roll back'
  /** Waiting in the way back for those of the worker to be renewed. */
  | 'credentials'

export interface Step {
  readonly name: StepName
  /** The image or service it is about; absent for a step of the whole release. */
  readonly subject?: string
  readonly state: 'running' | 'done' | 'failed' | 'skipped'
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly endedAt?: number
  /** What came of it, in a few words: a digest, a revision, a reason. */
  readonly note?: string
}

/** The answer to the query `status` of a `release` workflow. */
export interface ReleaseStatus {
  readonly id: string
  readonly kind: ReleaseRequest['kind']
  readonly project: string
  readonly environment: string
  readonly commit?: string
  readonly summary: string
  readonly requestedBy: string
  readonly startedAt: number
  readonly steps: readonly Step[]
  readonly warnings: readonly string[]
  /** Pages to look more up on. */
  readonly links?: readonly Link[]
  /** Present while the release holds before its next step. */
  readonly paused?: Paused
  /** Present once the release has ended. */
  readonly result?: ReleaseResult
}

export interface Paused {
  readonly by: string
  readonly at: number
  readonly reason?: string
}

/**
 * How a release ended. The result of a workflow that ended as `succeeded` or `unchanged`; the
 * first of the details of the failure, whose type is the outcome, for every other one.
 */
export interface ReleaseResult extends Partial<Evidence> {
  readonly id: string
  readonly outcome: Outcome
  /** One sentence for people. */
  readonly message: string
  /** The likely cause where it failed. */
  readonly cause?: string
  readonly commit?: string
  /** What runs now, as far as the release could make sure: by service, in order of deployment. */
  readonly services: readonly ReleasedService[]
  readonly startedAt: number
  readonly endedAt: number
  readonly warnings: readonly string[]
}

export interface ReleasedService {
  readonly name: string
  readonly ecsService: string
  readonly revision: Revision
  readonly wayBack: WayBack
  /** Of what is live: the release that it comes from, and since when it runs again or still. */
  readonly since?: { readonly release: string; readonly commit?: string; readonly at: number }
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

export type { Approval, Control, Freeze, RolloutProgress, Superseded, Undelivered }
