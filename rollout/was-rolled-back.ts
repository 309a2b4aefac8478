import type { JudgedDeployment } from './judged-deployment.ts'
import type { ObservedDeployment } from './observation.ts'
import { deploymentOf } from './record.ts'

/** Whether a deployment is complete. Deployment controllers without rollout states count as such. */
export function isCompleted({ rolloutState }: ObservedDeployment): boolean {
  return rolloutState === 'COMPLETED' || rolloutState === ''
}

/** Whether a deployment failed and has no task left. ECS may list it long after. */
export function isSpent({ rolloutState, runningCount, pendingCount }: ObservedDeployment): boolean {
  return rolloutState === 'FAILED' && runningCount === 0 && pendingCount === 0
}

/** Whether the PRIMARY deployment is ECS's own rollback of the expected one. */
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
  return (
    failed && (circuitBreaker.rollback || events.some(({ message }) => rollbackEvent.test(message)))
  )
}

const rollbackEvent = /rolling back to deployment/
