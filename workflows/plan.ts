import type { Plan } from '../contract/activity-types.ts'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import { shortActivities } from './temporal/activity-proxies.ts'

/** Finds out what a release of this commit would change. Changes nothing. */
export function plan(input: {
  readonly spec: EnvironmentSpec
  readonly commit: string
}): Promise<Plan> {
  return shortActivities(`plan ${input.spec.environment}`).planRelease(input)
}
