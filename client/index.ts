/**
 * Slipway as a library: what the command line does, for programs of your own.
 *
 * ```ts
 * import { connect, followRelease, loadConfig, requestDeploy, resolveEnvironment } from 'slipway'
 *
 * const { config } = await loadConfig()
 * const target = resolveEnvironment(config, 'production', { repository: process.cwd() })
 * await using connected = await connect()
 * ```
 *
 * Schedules go by the target that they were made with, until they are put again:
 *
 * ```ts
 * await putSchedule(connected.client, {
 *   target,
 *   name: 'nightly',
 *   times: { kind: 'cron', expression: '0 3 * * *', timeZone: 'Europe/Berlin' },
 *   catchUpMs: 600_000,
 *   what: { kind: 'redeploy' },
 *   requestedBy: 'a program of ours',
 * })
 * const schedules = await listSchedules(connected.client, 'production')
 * ```
 */
export { ConfigError, formatProblem, type Problem } from '../config/problem.ts'
export { loadConfig, parseConfig, type LoadedConfig } from '../config/load.ts'
export { resolveEnvironment, UnknownEnvironmentError } from '../config/resolve.ts'
export type { Config } from '../config/schema.ts'
export type { ImageSpec, ServiceSpec, EnvironmentSpec } from '../contract/environment-spec.ts'
export type { KnownRevision, Plan } from '../contract/activity-types.ts'
export type { FailureEvidence, FailedTask, UnhealthyTarget } from '../rollout/failed-tasks.ts'
export { exitStatus, isOutcome, outcomes, type Outcome } from '../contract/outcome.ts'
export type { ReleaseResult, ReleaseStatus, Step } from '../contract/releases.ts'
export type { EnvironmentStatus, LedgerEntry } from '../contract/environment.ts'
export type {
  Accepted,
  DeployRequest,
  RedeployRequest,
  ReleaseRequest,
  RollbackRequest,
} from '../contract/requests.ts'
export type { ScheduledWork } from '../contract/schedules.ts'
export { connect, type Connected } from './connect.ts'
export { explainRelease, type Explanation } from './explain-release.ts'
export { followRelease, type FollowEvent, type FollowOptions } from './follow.ts'
export type { PendingActivity } from './pending.ts'
export { UserError } from './user-error.ts'
export { listRevisions } from './list-revisions.ts'
export { putSchedule, type ScheduleTimes, type ScheduleSpec } from './put-schedule.ts'
export type { ScheduledRun } from './scheduled-runs.ts'
export {
  controlSchedule,
  listSchedules,
  showSchedule,
  type Schedule,
  type ScheduleControl,
} from './schedules.ts'

export {
  environmentStatus,
  planRelease,
  requestControl,
  requestDeploy,
  requestRedeploy,
  requestRollback,
  untouchedEnvironment,
} from './release.ts'

export { setUpSearchAttributes, type SetupResult } from './setup.ts'
export { findSource, type Source } from './source.ts'
export { requireWorkers } from './workers.ts'
