import type { Observation } from './observation.ts'
import type { Expectation } from './verdict.ts'

/** The likely cause of a failed rollout in one sentence, from its stopped tasks, targets and events. */
export function diagnose(_observation: Observation, _expected: Expectation): string {
  return ''
}
