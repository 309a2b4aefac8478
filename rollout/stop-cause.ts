import type { Cause } from './cause.ts'
import { diagnose } from './diagnosis.ts'
import { evidenceOf, type FailureEvidence } from './failed-tasks.ts'
import type { Observation } from './observation.ts'
import type { Expectation } from './expectation.ts'

/** The likely cause of a failed rollout, absent if there is no sign of one, and the evidence. */
export interface StopCause extends Partial<FailureEvidence> {
  readonly cause?: Cause
}

/**
 * From some observations of a service, the latest first. The cause and each kind of evidence come
 * from the first observation that has it.
 */
export function stopCauseOf(
  observations: readonly Observation[],
  expected: Expectation,
): StopCause {
  const cause = observations.map((one) => diagnose(one, expected)).find((one) => one !== undefined)
  const evidence = observations.map((one) => evidenceOf(one, expected))
  const failedTasks = evidence.find((one) => one.failedTasks.length > 0)?.failedTasks
  const unhealthyTargets = evidence.find((one) => one.unhealthyTargets.length > 0)?.unhealthyTargets
  return {
    ...(cause === undefined ? {} : { cause }),
    ...(failedTasks === undefined ? {} : { failedTasks }),
    ...(unhealthyTargets === undefined ? {} : { unhealthyTargets }),
  }
}
