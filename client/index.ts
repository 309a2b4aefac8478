/**
 * Slipway as a library: everything that the command line does, for programs of your own.
 *
 * ```ts
 * import { connect, loadConfig, requireWorkers, resolveEnvironment } from 'slipway'
 *
 * const { config } = await loadConfig()
 * const spec = resolveEnvironment(config, 'production', { repository: process.cwd() })
 * await using connected = await connect()
 * await requireWorkers(connected.client, { release: spec.taskQueues.release })
 * ```
 *
 * docs/how-to/use-as-a-library.md deploys from a program and follows the release.
 *
 * The library does not print, exit or handle signals of the process. Every function that waits
 * takes an `AbortSignal`: after an abort the promise rejects with the signal's reason, and no timer,
 * call or listener is left behind. Failures that a person can act on are {@link UserError}s.
 *
 * Loading this module loads Temporal's client. A program that must start quickly loads it when it
 * is needed; until then `slipway/errors` (client/user-error.ts) has `UserError` alone. The command
 * line does so: its files import from these two modules only.
 */

export { ConfigError, formatProblem, type Position, type Problem } from '../config/problem.ts'
export { loadConfig, parseConfig, type LoadedConfig } from '../config/load.ts'
export { resolveEnvironment, UnknownEnvironmentError } from '../config/resolve.ts'
export type { Config } from '../config/schema.ts'
export type {
  AdmissionSpec,
  AwsSpec,
  ChecksSpec,
  EnvironmentSpec,
  FreezeWindow,
  ImageSpec,
  NotificationEvent,
  NotificationSpec,
  ServiceSpec,
  TaskQueues,
} from '../contract/environment-spec.ts'
export type { Check, Checked } from '../contract/check.ts'
export { checkoutOf, findSource, type Source, type SourceOptions } from './source.ts'

export { connect, withConnection, type Connected, type ConnectOptions } from './temporal/connect.ts'
export type { AbortOptions } from './temporal/abort.ts'
export { UserError, userErrorExitStatus } from './user-error.ts'
export { errorMessage, rootError } from './temporal/error-message.ts'
export { asUserError } from './temporal/errors.ts'
export { requireWorkers } from './workers.ts'
export { setUpSearchAttributes, type SetupResult } from './setup.ts'

export { requestControl, requestDeploy, requestRedeploy, requestRollback } from './requests.ts'
export type {
  Accepted,
  DeployRequest,
  FreezeOverride,
  RedeployRequest,
  ReleaseRequest,
  RequestBase,
  RollbackRequest,
} from '../contract/requests.ts'

export { followRelease, type FollowedRelease, type FollowOptions } from './follow/follow.ts'
export type { FollowEvent } from './follow/follow-event.ts'
export { currentRollouts, type PendingActivity } from './follow/pending.ts'
export { exitStatus, isOutcome, outcomes, type Outcome } from '../contract/outcome.ts'
export type {
  Link,
  Paused,
  ReleasedService,
  ReleaseResult,
  ReleaseStatus,
  Step,
  StepName,
} from '../contract/releases.ts'
export type { Revision, RolloutProgress } from '../contract/activity-types.ts'
export type { RollbackTarget, RunningRevision } from '../rollout/deployment.ts'
export type { ImageDigests } from '../rollout/same-image.ts'
export type { FailedTask, FailureEvidence, UnhealthyTarget } from '../rollout/failed-tasks.ts'

export type { ReleaseKind, ReleaseReference } from '../contract/release-reference.ts'
export { currentReleaseStatus, environmentStatus, untouchedEnvironment } from './status.ts'
export type {
  Approval,
  EnvironmentStatus,
  Freeze,
  LedgerEntry,
  RunningRelease,
  Superseded,
  UndeliveredNotification,
  UnsentNotification,
  WaitingRelease,
  WaitReason,
} from '../contract/environment.ts'
export type { Control, ControlBody, ControlKind, PlainControl } from '../contract/controls.ts'
export { explainRelease, type Explanation } from './explain-release.ts'
export { endedReleases, type EndedRelease } from './ended-releases.ts'
export { metricsOf, type Metrics } from './metrics.ts'
export { testNotifications } from './test-notifications.ts'
export type { TestedNotification } from '../contract/notifications.ts'

export { planRelease } from './plan.ts'
export { listRevisions, withLedger, type RevisionWithOutcome } from './list-revisions.ts'
export type {
  FoundImage,
  KnownRevision,
  Plan,
  RequiredPlatform,
  ServicePlan,
  TaskDefinitionChange,
} from '../contract/activity-types.ts'

export { putSchedule, type ScheduleSpec, type ScheduleTimes } from './schedules/put.ts'
export type { ScheduledRun } from './schedules/runs.ts'
export type { ScheduledWork } from '../contract/schedules.ts'
export {
  controlSchedule,
  listSchedules,
  showSchedule,
  workText,
  type Schedule,
  type ScheduleControl,
} from './schedules/schedules.ts'
