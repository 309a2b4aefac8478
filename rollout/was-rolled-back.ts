import type { JudgedDeployment } from './judged-deployment.ts'
import { deploymentOf } from './record.ts'

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
