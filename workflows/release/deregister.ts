import type { Target } from '../../contract/environment-spec.ts'
import { quickly } from '../temporal/activity-proxies.ts'
import { messageOf } from '../temporal/failure.ts'
import type { ReleaseRecord } from './progress.ts'
import type { Change } from './change.ts'

/**
 * A revision that a release made and that was taken back is of no use to anybody. Only where the
 * configuration says so; what cannot be tidied is said, and changes no outcome.
 */
export async function deregister(
  record: ReleaseRecord,
  target: Target,
  changes: readonly Change[],
): Promise<void> {
  const revisions = changes.map(({ revision }) => revision).filter((one) => one.registered)
  if (target.rollback.deregister !== true || revisions.length === 0) return
  try {
    const tidy = quickly('deregister what was taken back')
    record.warn(await tidy.deregisterRevisions({ target, revisions }))
  } catch (failure) {
    record.warn([`what was taken back stays registered: ${messageOf(failure)}`])
  }
}
