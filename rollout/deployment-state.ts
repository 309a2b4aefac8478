import { primaryOf, type ObservedDeployment, type Observation } from './observation.ts'
import { recordMadeWith } from './record.ts'

/** Whether a deployment is complete. Deployment controllers without rollout states count as such. */
export function isCompleted({ rolloutState }: ObservedDeployment): boolean {
  return rolloutState === 'COMPLETED' || rolloutState === ''
}

/** Whether a deployment failed and has no task left. ECS may list it long after. */
export function isSpent({ rolloutState, runningCount, pendingCount }: ObservedDeployment): boolean {
  return rolloutState === 'FAILED' && runningCount === 0 && pendingCount === 0
}

/**
 * Whether a deployment has ended without success. ECS starts no more tasks of it but leaves it where
 * it is, with the tasks that it has, until the next deployment (ECS API reference,
 * `DeploymentCircuitBreaker`: it transitions "to a failed state and stop launching new tasks").
 */
export function hasFailed(
  { serviceDeployments }: Pick<Observation, 'serviceDeployments'>,
  deployment: ObservedDeployment,
): boolean {
  if (deployment.rolloutState !== 'IN_PROGRESS') return deployment.rolloutState === 'FAILED'
  const record = recordMadeWith(serviceDeployments, deployment)
  return record !== undefined && endedWithoutSuccess.has(record.status)
}

const endedWithoutSuccess: ReadonlySet<string> = new Set(['STOPPED', 'ROLLBACK_FAILED'])

/**
 * The deployment whose revision a service runs: PRIMARY, or the newest completed one that still has
 * tasks if PRIMARY has failed and nothing was rolled back.
 */
export function servingDeployment(
  observation: Pick<Observation, 'service' | 'serviceDeployments'>,
): ObservedDeployment | undefined {
  const primary = primaryOf(observation)
  if (primary === undefined || !hasFailed(observation, primary)) return primary
  const [newest = primary] = observation.service.deployments
    .filter((one) => one !== primary && isCompleted(one) && one.runningCount > 0)
    .toSorted((one, other) => other.createdAt - one.createdAt)
  return newest
}
