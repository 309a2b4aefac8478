import { hasFailed, isSpent } from './deployment-state.ts'
import {
  primaryOf,
  type ObservedDeployment,
  type ObservedService,
  type ObservedServiceDeployment,
  type Observation,
} from './observation.ts'
import { isRollingBack, isUnderWay } from './service-deployment-status.ts'

export interface DeploymentInProgress {
  /** The PRIMARY deployment, if ECS lists one. */
  readonly deployment?: ObservedDeployment
  /** Absent where the endpoint has no such records, and while tasks of older deployments drain. */
  readonly record?: ObservedServiceDeployment
}

/**
 * The deployment with which ECS still changes a service; undefined if the service stays as it is
 * until somebody deploys. A service deployment record decides if it says that it has not ended.
 *
 * A deployment that has failed and that ECS does not roll back stays PRIMARY for ever, whatever tasks
 * it and others have: it is not in progress. Nor is one that never got a task to run, with nothing
 * else running: ECS tries again for ever, and the release may be there to fix it.
 */
export function deploymentInProgress(observation: Observation): DeploymentInProgress | undefined {
  const { service, serviceDeployments } = observation
  const primary = primaryOf(observation)
  if (primary !== undefined && neverRan(service, primary)) return undefined
  const deployment = primary === undefined ? {} : { deployment: primary }
  const records = serviceDeployments === 'unavailable' ? [] : serviceDeployments
  const record = records.find((one) => isUnderWay(one) || isRollingBack(one))
  if (record !== undefined) return { ...deployment, record }
  if (primary === undefined || hasFailed(observation, primary)) return undefined
  const isAlone = service.deployments.every((one) => one === primary || isSpent(one))
  return primary.rolloutState === 'IN_PROGRESS' || !isAlone ? deployment : undefined
}

function neverRan(
  { runningCount, deployments }: ObservedService,
  { failedTasks }: ObservedDeployment,
): boolean {
  return runningCount === 0 && failedTasks > 0 && deployments.length === 1
}
