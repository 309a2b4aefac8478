import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { shortActivities } from '../temporal/activity-proxies.ts'
import { failureMessage } from '../temporal/failure.ts'
import type { ReleaseProgress } from './progress.ts'
import type { Change } from './change.ts'

/**
 * Deregisters the revisions that a release registered and that nobody needs after a rollback, if
 * the configuration says so. A failure is a warning and does not change the outcome.
 */
export async function deregister(
  progress: ReleaseProgress,
  spec: EnvironmentSpec,
  changes: readonly Change[],
): Promise<void> {
  const revisions = changes.map(({ revision }) => revision).filter((one) => one.registered)
  if (spec.rollback.deregister !== true || revisions.length === 0) return
  try {
    const activities = shortActivities('deregister revisions of this release')
    progress.warn(await activities.deregisterRevisions({ spec, revisions }))
  } catch (failure) {
    progress.warn([`the revisions of this release stay registered: ${failureMessage(failure)}`])
  }
}
