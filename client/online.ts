/**
 * Everything that takes a moment to load, for commands to load when they run: help, completion
 * and usage errors come without it.
 */
export { connect, withConnection } from './connect.ts'
export { environmentText } from './display/environment.ts'
export { releasesText } from './display/releases.ts'
export { explanationText } from './display/explanation.ts'
export { planText } from './display/plan.ts'
export { scheduleText, schedulesText } from './display/schedule.ts'
export { revisionsText } from './display/revisions.ts'
export { testedText } from './display/tested-notifications.ts'
export { explainRelease } from './explanation.ts'
export { followToEnd, tellAndFollow } from './follow-command.ts'
export { queuesHere, withoutUs, withWorkerHere } from './here.ts'
export { rolloutsOf } from './pending.ts'
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
} from './release.ts'
export { print } from './output.ts'
export { releaseSummary } from '../workflows/words.ts'
export { requester } from './requester.ts'
export { listRevisions, withLedger } from './revisions.ts'
export { putSchedule } from './put-schedule.ts'
export { controlSchedule, listSchedules, showSchedule } from './schedules.ts'
export { openTarget, openTargetAndSource, readConfig } from './session.ts'
export { setUpSearchAttributes } from './setup.ts'
export { testNotifications } from './test-notifications.ts'
export { upcomingOf } from './upcoming.ts'
export { requireWorkers } from './workers.ts'
export { untilInterrupted } from './watch.ts'
export { untilTold } from './until-told.ts'
