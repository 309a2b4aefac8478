/**
 * Everything that takes a moment to load, for commands to load when they run: help, completion
 * and usage errors come without it.
 */
export { connect, withConnection } from '../client/connect.ts'
export { environmentText } from './display/environment.ts'
export { releasesText } from './display/releases.ts'
export { explanationText } from './display/explanation.ts'
export { planText } from './display/plan.ts'
export { scheduleText, schedulesText } from './display/schedule.ts'
export { revisionsText } from './display/revision-table.ts'
export { testedText } from './display/tested-notifications.ts'
export { explainRelease } from '../client/explain-release.ts'
export { followToEnd, reportAndFollow } from './follow-command.ts'
export { embeddedTaskQueues, afterInterrupt, withEmbeddedWorker } from './embedded-worker.ts'
export { rolloutsOf } from '../client/pending.ts'
export { latestRelease } from './latest-release.ts'
export {
  environmentStatus,
  planRelease,
  requestControl,
  requestDeploy,
  requestRedeploy,
  requestRollback,
  stepsOf,
  untouchedEnvironment,
} from '../client/release.ts'

export { print } from './output.ts'
export { releaseSummary } from '../text/short.ts'
export { requester } from './requested-by.ts'
export { listRevisions, withLedger } from '../client/list-revisions.ts'
export { putSchedule } from '../client/put-schedule.ts'
export { controlSchedule, listSchedules, showSchedule } from '../client/schedules.ts'
export { openEnvironment, openEnvironmentAndSource } from './session.ts'
export { setUpSearchAttributes } from '../client/setup.ts'
export { testNotifications } from '../client/test-notifications.ts'
export { upcomingOf } from './upcoming.ts'
export { requireWorkers } from '../client/workers.ts'
export { untilInterrupted } from './watch.ts'
export { untilNotified } from './until-notified.ts'
