import { hasFailed } from './deployment-state.ts'
import { primaryOf, type ObservedServiceDeployment, type Observation } from './observation.ts'

/**
 * The service deployment to roll back to: the newest successful one of another task definition that
 * came before the live one. Not simply the next lower revision, which may never have run well.
 * Undefined if ECS has no record of one (it keeps them for 90 days).
 */
export function lastGoodBefore(observation: Observation): ObservedServiceDeployment | undefined {
  const { serviceDeployments } = observation
  if (serviceDeployments === 'unavailable') return undefined
  const primary = primaryOf(observation)
  const live = primary?.taskDefinition
  const good = serviceDeployments
    .filter(
      ({ status, targetTaskDefinition }) => status === 'SUCCESSFUL' && targetTaskDefinition !== '',
    )
    .toSorted((one, other) => other.createdAt - one.createdAt)
  // Deployments that failed after the live one do not matter; those before it do.
  const since = good.findIndex(({ targetTaskDefinition }) => targetTaskDefinition === live)
  // A PRIMARY that has failed came after all of them, even if its task definition once succeeded.
  const isLast = primary !== undefined && hasFailed(observation, primary)
  return good
    .slice(isLast ? 0 : since + 1)
    .find(({ targetTaskDefinition }) => targetTaskDefinition !== live)
}
