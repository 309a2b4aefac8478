import type { KnownRevision } from '../contract/activity-types.ts'
import type { ServiceSpec, EnvironmentSpec } from '../contract/environment-spec.ts'
import { shortActivities } from './temporal/activity-proxies.ts'

/** Lists the newest revisions of a service and how their deployments ended. Changes nothing. */
export function revisions(input: {
  readonly spec: EnvironmentSpec
  readonly service: ServiceSpec
}): Promise<readonly KnownRevision[]> {
  return shortActivities(`revisions of ${input.service.ecsService}`).listRevisions(input)
}
