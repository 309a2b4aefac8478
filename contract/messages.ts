import type {
  SignalledRequest,
  RequestStatus,
  Accepted,
  ReleaseRequest,
  RollbackRequest,
} from './requests.ts'
import type { ControlBody, PlainControl } from './controls.ts'
import { defineQuery, defineSignal, defineUpdate } from './definitions.ts'
import type { Paused, ReleaseStatus } from './releases.ts'
import type { EnvironmentStatus } from './environment.ts'

/** The names of workflows and messages, as people type them into the Temporal UI and CLI. */

/** Type and id of the workflow of an environment: its lock, queue and ledger. */
export const environmentWorkflow = 'environment'
export const environmentWorkflowId = (environment: string) => `environment/${environment}`

/** Types of the workflows that release, plan, and list revisions. */
export const releaseWorkflow = 'release'
export const planWorkflow = 'plan'
export const revisionsWorkflow = 'revisions'

/** Type of the workflow of one run of a schedule, and its id, to which Temporal appends the time. */
export const scheduledWorkflow = 'scheduled'
export const scheduledWorkflowId = (environment: string, name: string) =>
  `scheduled/${environment}/${name}`

/** Type of the workflow that tests whether notifications arrive. */
export const testNotificationsWorkflow = 'testNotifications'

/**
 * Requests a deploy or a redeploy of an environment. While another release runs, the policy of the
 * environment decides whether a deploy waits or is rejected with the name of that release.
 */
export const requestRelease = defineUpdate<Accepted, [ReleaseRequest]>('release')

/**
 * Rolls an environment back, and answers once that has begun. A running release is cancelled, which
 * rolls it back. If none runs, or `to` is given, a release of kind `rollback` is put at the front of
 * the queue.
 */
export const requestRollback = defineUpdate<Accepted, [Partial<RollbackRequest>]>('rollback')

const update = (name: PlainControl) => defineUpdate<string, [ControlBody]>(name)

/**
 * The controls as Updates, which return a sentence that says what was done, or are rejected. Signals
 * of the same names, for the Temporal UI and CLI, do the same and return nothing.
 *
 * - `approve`, `reject`: a deploy that waits for an approval
 * - `cancel`: the running release, which is then rolled back, or one that waits
 * - `freeze`, `unfreeze`: block everything except rollbacks, and lift the block
 * - `pause`, `resume`: stop the running release before its next step, and continue it
 */
export const controlUpdates = {
  approve: update('approve'),
  cancel: update('cancel'),
  freeze: update('freeze'),
  pause: update('pause'),
  reject: update('reject'),
  resume: update('resume'),
  unfreeze: update('unfreeze'),
} as const satisfies Record<PlainControl, unknown>

export const plainControls = Object.keys(controlUpdates) as readonly PlainControl[]

export const controlSignal = (name: PlainControl) => defineSignal<[ControlBody?]>(name)
export const rollbackSignal = defineSignal<[ControlBody?]>('rollback')

/**
 * Requests a deploy or a redeploy by signal. The workflow named in `replyTo`, if any, receives the
 * signal `requestStatus`. In the Temporal UI or CLI `{"kind": "redeploy"}` is enough: the
 * environment uses the spec of the last request. Rejected requests are listed among the controls.
 */
export const releaseSignal = defineSignal<[SignalledRequest]>('release')

/** Sent twice for a request by signal: when it is admitted or rejected, and when it has ended. */
export const requestStatusSignal = defineSignal<[RequestStatus]>('requestStatus')

/**
 * Sent by an environment to its running release. People pause through the environment, which would
 * not know of a release that was paused directly.
 */
export const pauseSignal = defineSignal<[Paused]>('pause')
export const resumeSignal = defineSignal('resume')

export const environmentStatus = defineQuery<EnvironmentStatus>('status')
export const releaseStatus = defineQuery<ReleaseStatus>('status')

/** `type` of the failure of a rejected Update. */
export const rejectedUpdate = 'Rejected'
