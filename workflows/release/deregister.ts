import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { shortActivities } from '../temporal/activity-proxies.ts'
import { failureMessage } from '../temporal/failure.ts'
import type { ReleaseProgress } from './progress.ts'
import type { Change } from './change.ts'

/**
 * A revision that a release made and that was taken back is of no use to anybody. Only where the
 * configuration says so; what cannot be tidied is said, and changes no outcome.
 */
export async function deregister(
  record: ReleaseProgress,
  spec: EnvironmentSpec,
  changes: readonly Change[],
): Promise<void> {
  const revisions = changes.map(({ revision }) => revision).filter((one) => one.registered)
  if (spec.rollback.deregister !== true || revisions.length === 0) return
  try {
    const tidy = shortActivities('deregister what was taken back')
    record.warn(await tidy.deregisterRevisions({ spec, revisions }))
  } catch (failure) {
    record.warn([`what was taken back stays registered: ${failureMessage(failure)}`])
  }
}
