import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type {
  Accepted,
  EnvironmentStatus,
  ReleaseRequest,
  ReleaseStatus,
  RollbackRequest,
} from './types.ts'

/**
 * How the world speaks to the workflows: the names that people type into the Temporal UI and CLI.
 */

/** Workflow type, and the id of the one that guards an environment. */
export const environmentWorkflow = 'environment'
export const environmentWorkflowId = (environment: string) => `environment/${environment}`

/** Workflow types of a release and of a plan. */
export const releaseWorkflow = 'release'
export const planWorkflow = 'plan'

/**
 * Asks an environment for a release.
 *
 * Rejected, with a message that names the running release, while another one runs.
 */
export const requestRelease = defineUpdate<Accepted, [ReleaseRequest]>('release')

/**
 * Takes an environment back, answering once the way back has begun. A release that runs is
 * cancelled, which brings back what ran before it; else a release of kind `rollback` is started.
 */
export const requestRollback = defineUpdate<Accepted, [Partial<RollbackRequest>]>('rollback')

/** The same for people at the Temporal UI or CLI; the body may be empty. */
export const rollbackSignal = defineSignal<[RollbackSignal?]>('rollback')

export interface RollbackSignal {
  readonly to?: string
  readonly reason?: string
  readonly requestedBy?: string
}

/** Cancels the release that runs: what it touched is brought back. */
export const cancelSignal = defineSignal<[{ reason?: string; requestedBy?: string }?]>('cancel')

export const environmentStatus = defineQuery<EnvironmentStatus>('status')
export const releaseStatus = defineQuery<ReleaseStatus>('status')

/** `type` of the failure with which an Update is refused. */
export const rejectedUpdate = 'Rejected'
