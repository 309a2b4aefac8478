import type { KnownRevision } from '../contract/activity-types.ts'
import type { ServiceSpec, EnvironmentSpec } from '../contract/environment-spec.ts'
import { shortActivities } from './temporal/activity-proxies.ts'

/** The newest revisions of a service, with what came of them. Changes nothing. */
export function revisions(input: {
  readonly spec: EnvironmentSpec
  readonly service: ServiceSpec
}): Promise<readonly KnownRevision[]> {
  return shortActivities(`revisions of ${input.service.ecsService}`).listRevisions(input)
}
