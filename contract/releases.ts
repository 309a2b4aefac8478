import type { ReleaseKind, ReleaseReference } from './release-reference.ts'
import { type ReleaseRequest } from './requests.ts'
import type { FailureEvidence } from '../rollout/failed-tasks.ts'
import type { Outcome } from './outcome.ts'
import type { Revision } from './activity-types.ts'
import type { RollbackTarget } from '../rollout/deployment.ts'

/** The memo of a `release` workflow: what a list of workflows shows without opening it. */
export interface ReleaseMemo {
  readonly kind: ReleaseKind
  readonly committedAt?: number
}

/** The input of a `release` workflow: a request that the environment has admitted. */
export interface ReleaseInput {
  readonly id: string
  readonly request: ReleaseRequest
  /** Of a rollback: the revisions to run in the end, as far as the ledger knows them. */
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
  /** A rollback that waits for the worker's credentials to be renewed. */
  | 'credentials'

export interface Step {
  readonly name: StepName
  /** The image or service it is about; absent for a step of the whole release. */
  readonly subject?: string
  readonly state: 'running' | 'done' | 'failed' | 'skipped'
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly endedAt?: number
  /** Its result in a few words: a digest, a revision, a reason. */
  readonly note?: string
}

/** The answer to the query `status` of a `release` workflow. */
export interface ReleaseStatus extends ReleaseReference {
  readonly project: string
  readonly environment: string
  readonly summary: string
  readonly startedAt: number
  readonly steps: readonly Step[]
  readonly warnings: readonly string[]
  /** Pages with more about it. */
  readonly links?: readonly Link[]
  /** Present while the release is paused before its next step. */
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
 * How a release ended: the result of a workflow that ended as `succeeded` or `unchanged`. Every other
 * outcome is the type of the workflow's failure, and this is the first of its details.
 */
export interface ReleaseResult extends Partial<FailureEvidence> {
  readonly id: string
  readonly outcome: Outcome
  /** One sentence for people. */
  readonly message: string
  /** The likely cause where it failed. */
  readonly cause?: string
  readonly commit?: string
  /** What runs now, as far as the release could verify it, in order of deployment. */
  readonly services: readonly ReleasedService[]
  readonly startedAt: number
  readonly endedAt: number
  readonly warnings: readonly string[]
}

export interface ReleasedService {
  readonly name: string
  readonly ecsService: string
  readonly revision: Revision
  readonly rollbackTarget: RollbackTarget
  /** Of a live service: the release that made this revision run, and when it did. */
  readonly since?: { readonly release: string; readonly commit?: string; readonly at: number }
}

/** A page about something that a release is built from or changes. */
export interface Link {
  readonly text: string
  /** Encoded for Markdown. */
  readonly url: string
}
