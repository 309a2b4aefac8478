import { checkOut } from '../../activities/source/checkout.ts'
import type { SourceRef } from '../../contract/activity-types.ts'
import { inActivity } from '../unit/activities/in-activity.ts'

export const release = 'release/production/1'

/** Checks out the source into a cache folder, as a release does. */
export const checkOutSource = (cache: string, source: SourceRef) =>
  inActivity(() => checkOut(cache, source))
