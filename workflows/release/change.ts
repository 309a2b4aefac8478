import type { Retry } from './retry-on-expired-credentials.ts'
import type { Revision, InspectedService } from '../../contract/activity-types.ts'
import type { RunningRevision } from '../../rollout/deployment.ts'
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

/** As it is kept in the ledger: what an index lists can be read again, and may be long. */
export function withoutImageDigests<Running extends Pick<RunningRevision, 'imageDigests'>>(
  running: Running,
): Omit<Running, 'imageDigests'> {
  const { imageDigests: _, ...kept } = running
  return kept
}
