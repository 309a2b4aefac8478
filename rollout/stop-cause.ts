import { diagnose } from './diagnosis.ts'
import { evidenceOf, type FailureEvidence } from './failed-tasks.ts'
import type { Observation } from './observation.ts'
import type { Expectation } from './expectation.ts'

/** Why a rollout failed: a guess in one sentence, and what it rests on, where anything does. */
export interface StopCause extends Partial<FailureEvidence> {
  readonly cause: string
}

/** From the looks at a service, the latest first: of each part, what the first that has it says. */
export function stopCauseOf(
  observations: readonly Observation[],
  expected: Expectation,
): StopCause {
  const causes = observations.map((one) => diagnose(one, expected))
  const evidence = observations.map((one) => evidenceOf(one, expected))
  const failedTasks = evidence.find((one) => one.failedTasks.length > 0)?.failedTasks
  const unhealthyTargets = evidence.find((one) => one.unhealthyTargets.length > 0)?.unhealthyTargets
  return {
    cause: causes.find((cause) => cause !== '') ?? '',
    ...(failedTasks === undefined ? {} : { failedTasks }),
    ...(unhealthyTargets === undefined ? {} : { unhealthyTargets }),
  }
}
