import { shortName } from '../../rollout/arn.ts'
import { primaryOf, type ObservedDeployment, type Observation } from '../../rollout/observation.ts'
import { isRollingBack, isUnderWay } from '../../rollout/service-deployment-status.ts'

/**
 * Describes the deployment in progress in a service; undefined if there is none. A deployment that
 * never got a task to run, with nothing else running, does not count: the release may be there to
 * fix it.
 */
export function deploymentInProgress(observation: Observation): string | undefined {
  const { service, serviceDeployments } = observation
  const records = serviceDeployments === 'unavailable' ? [] : serviceDeployments
  const record = records.find((one) => isUnderWay(one) || isRollingBack(one))
  const primary = primaryOf(observation)
  const inProgress = primary !== undefined && isInProgress(primary, service.deployments)
  if (record === undefined && !inProgress) return undefined
  const failing = service.runningCount === 0 && (primary?.failedTasks ?? 0) > 0
  if (failing && service.deployments.length === 1) return undefined
  const deployment =
    primary === undefined ? '' : `deployment ${primary.id} of ${shortName(primary.taskDefinition)}`
  return record === undefined ? deployment : `${deployment} (${record.arn}, ${record.status})`
}

function isInProgress(primary: ObservedDeployment, all: readonly ObservedDeployment[]): boolean {
  return primary.rolloutState === 'IN_PROGRESS' || (all.length > 1 && !othersFailed(all))
}

/** ECS lists a failed deployment for a while after it has rolled it back. */
function othersFailed(all: readonly ObservedDeployment[]): boolean {
  return all.every(
    ({ status, rolloutState, runningCount }) =>
      status === 'PRIMARY' || (rolloutState === 'FAILED' && runningCount === 0),
  )
}
