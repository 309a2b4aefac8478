import type { Plan } from '../activities/types.ts'
import type { Target } from '../config/target.ts'
import { quickly } from './activity-calls.ts'

/** What a release of this commit would change. Changes nothing. */
export function plan(input: { readonly target: Target; readonly commit: string }): Promise<Plan> {
  return quickly(`plan ${input.target.environment}`).planRelease(input)
}
