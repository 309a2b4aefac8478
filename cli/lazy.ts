/**
 * Everything that takes a moment to load, for commands to load when they run: help, completion and
 * usage errors do not need it.
 */
export {
  connect,
  controlSchedule,
  currentReleaseStatus,
  currentRollouts,
  environmentStatus,
  explainRelease,
  listRevisions,
  listSchedules,
  planRelease,
  putSchedule,
  requireWorkers,
  setUpSearchAttributes,
  showSchedule,
  testNotifications,
  untouchedEnvironment,
  withConnection,
  withLedger,
} from '../client/index.ts'
export { releaseSummary } from '../text/short.ts'
export { environmentText } from './display/environment.ts'
export { explanationText } from './display/explanation.ts'
export { planText } from './display/plan.ts'
export { releasesText } from './display/releases.ts'
export { revisionsText } from './display/revision-table.ts'
export { scheduleText, schedulesText } from './display/schedule.ts'
export { testedText } from './display/tested-notifications.ts'
export { afterInterrupt, embeddedTaskQueues, withEmbeddedWorker } from './embedded-worker.ts'
export { followToEnd, reportAndFollow } from './follow-command.ts'
export {
  requestControl,
  requestDeploy,
  requestRedeploy,
  requestRollback,
} from './interruptible-requests.ts'
export { latestRelease } from './latest-release.ts'
export { print } from './output.ts'
export { requester } from './requested-by.ts'
export { openEnvironment, openEnvironmentAndSource } from './open-environment.ts'
export { untilNotified } from './until-notified.ts'
export { cachedSchedules } from './cached-schedules.ts'
export { untilInterrupted } from './until-interrupted.ts'
