import type { KnownRevision } from '../activities/types.ts'
import type { ServiceTarget, Target } from '../config/target.ts'
import { quickly } from './activity-calls.ts'

/** The newest revisions of a service, with what came of them. Changes nothing. */
export function revisions(input: {
  readonly target: Target
  readonly service: ServiceTarget
}): Promise<readonly KnownRevision[]> {
  return quickly(`revisions of ${input.service.service}`).listRevisions(input)
}
