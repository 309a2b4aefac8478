import type { ObservedDeployment, Observation } from './observation.ts'
import { deploymentOf } from './record.ts'
import type { Expectation } from './expectation.ts'

interface JudgedDeployment {
  readonly observation: Observation
  readonly expected: Expectation
  readonly primary: ObservedDeployment
}

/** A deployment controller without rollout states leaves the field empty. */
export function isCompleted({ rolloutState }: ObservedDeployment): boolean {
  return rolloutState === 'COMPLETED' || rolloutState === ''
}

/** A failed deployment may stay in the list long after its last task. */
export function isSpent({ rolloutState, runningCount, pendingCount }: ObservedDeployment): boolean {
  return rolloutState === 'FAILED' && runningCount === 0 && pendingCount === 0
}

/** Whether ECS itself put the PRIMARY there as a rollback of the expected deployment. */
export function wasRolledBack({ observation, expected, primary }: JudgedDeployment): boolean {
  const { before } = expected
  if (before !== undefined && before.taskDefinition !== primary.taskDefinition) return false
  if (/rolling back to/.test(primary.rolloutStateReason)) return true
  const { circuitBreaker, events } = observation.service
  const failed =
    deploymentOf(observation, expected)?.rolloutState === 'FAILED' ||
    events.some(({ message }) =>
      message.includes(`(deployment ${expected.deploymentId}) deployment failed`),
    )
  return failed && (circuitBreaker.rollback || events.some(({ message }) => goesBack.test(message)))
}

const goesBack = /rolling back to deployment/
