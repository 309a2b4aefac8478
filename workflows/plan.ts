import type { Plan } from '../contract/activity-types.ts'
import type { Target } from '../contract/environment-spec.ts'
import { quickly } from './temporal/activity-proxies.ts'

/** What a release of this commit would change. Changes nothing. */
export function plan(input: { readonly target: Target; readonly commit: string }): Promise<Plan> {
  return quickly(`plan ${input.target.environment}`).planRelease(input)
}
