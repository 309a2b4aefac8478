import type { KnownRevision } from '../contract/activity-types.ts'
import type { ServiceTarget, Target } from '../contract/environment-spec.ts'
import { quickly } from './temporal/activity-proxies.ts'

/** The newest revisions of a service, with what came of them. Changes nothing. */
export function revisions(input: {
  readonly target: Target
  readonly service: ServiceTarget
}): Promise<readonly KnownRevision[]> {
  return quickly(`revisions of ${input.service.service}`).listRevisions(input)
}
