import type { Retry } from './retry-on-expired-credentials.ts'
import type { Revision, InspectedService } from '../../contract/activity-types.ts'
import { type ServiceSpec } from '../../contract/environment-spec.ts'

/** A service that a release changes: what runs now, and the revision to run. */
export interface Change {
  readonly service: ServiceSpec
  readonly inspected: InspectedService
  readonly revision: Revision
}

/** The moving tags, which point at the images to run. */
export interface MovedTags {
  /** Points them back. Returns warnings, and never throws. */
  readonly restore: (retry: Retry) => Promise<readonly string[]>
  /** Whether ECS starts tasks from them, so that they decide what runs. */
  readonly pulled: boolean
}
