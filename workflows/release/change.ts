import { type Retry } from './retry-on-expired-credentials.ts'
import type { Revision, InspectedService } from '../../contract/activity-types.ts'
import { type ServiceSpec } from '../../contract/environment-spec.ts'

/** One service that a release changes: what is there, and what shall be. */
export interface Change {
  readonly service: ServiceSpec
  readonly inspected: InspectedService
  readonly revision: Revision
}

/** The moving tags point at what shall run; `moveBack` gives warnings, and never throws. */
export interface MovedTags {
  readonly moveBack: (doing: Retry) => Promise<readonly string[]>
  /** Whether ECS starts tasks from them, so that where they point decides what runs. */
  readonly pulled: boolean
}
