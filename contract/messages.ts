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

/**
 * How the world speaks to the workflows: the names that people type into the Temporal UI and CLI.
 */

/** Workflow type, and the id of the one that guards an environment. */
export const environmentWorkflow = 'environment'
export const environmentWorkflowId = (environment: string) => `environment/${environment}`

/** Workflow types of a release, of a plan and of a list of revisions. */
export const releaseWorkflow = 'release'
export const planWorkflow = 'plan'

/** Workflow type of one run of a schedule, and the id that Temporal puts the time behind. */
export const scheduledWorkflow = 'scheduled'
export const scheduledWorkflowId = (environment: string, name: string) =>
  `scheduled/${environment}/${name}`
export const revisionsWorkflow = 'revisions'

/** Workflow type of a test whether notifications arrive. */
export const testNotificationsWorkflow = 'testNotifications'

/**
 * Asks an environment for a release.
 *
 * A deploy that finds another release running waits, or is refused with the name of that one, as
 * the policy of the environment says.
 */
export const requestRelease = defineUpdate<Accepted, [ReleaseRequest]>('release')

/**
 * Takes an environment back, answering once the way back has begun. A release that runs is
 * cancelled, which brings back what ran before it; else, or where `to` names something, a release
 * of kind `rollback` goes before everything that waits.
 */
export const requestRollback = defineUpdate<Accepted, [Partial<RollbackRequest>]>('rollback')

const update = (name: PlainControl) => defineUpdate<string, [ControlBody]>(name)

/**
 * The controls as Updates: they answer with what was done, in a sentence, or are refused. A signal
 * of the same name, for the Temporal UI and CLI, does the same and answers nobody.
 *
 * - `approve`, `reject`: a deploy that waits for an approval
 * - `cancel`: the release that runs, which takes back what it touched, or one that waits
 * - `freeze`, `unfreeze`: nothing but rollbacks is let in
 * - `pause`, `resume`: the release that runs stops before its next step, or goes on
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
 * Asks for a deploy or a redeploy and answers nobody but the workflow named in `replyTo`, by the
 * signal `fate`. At the Temporal UI or CLI `{"kind": "redeploy"}` is enough: the environment takes
 * the target of the last request. What is refused stands among the controls.
 */
export const releaseSignal = defineSignal<[SignalledRequest]>('release')

/** What becomes of a request that came by a signal: once it is let in or not, and at its end. */
export const requestStatusSignal = defineSignal<[RequestStatus]>('requestStatus')

/**
 * What the environment tells the release that runs. Not called as the controls are: those go to
 * the environment, which would not know of a release that somebody had paused past it.
 */
export const pauseSignal = defineSignal<[Paused]>('pause')
export const resumeSignal = defineSignal('resume')

export const environmentStatus = defineQuery<EnvironmentStatus>('status')
export const releaseStatus = defineQuery<ReleaseStatus>('status')

/** `type` of the failure with which an Update is refused. */
export const rejectedUpdate = 'Rejected'
