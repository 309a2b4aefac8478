import { checkOut } from '../../activities/source/checkout.ts'
import type { SourceRef } from '../../contract/activity-types.ts'
import { inActivity } from '../unit/activities/in-activity.ts'

export const release = 'release/production/1'

/** The source in a cache folder, as a release checks it out. */
export const checkedOut = (cache: string, source: SourceRef) =>
  inActivity(() => checkOut(cache, source))
