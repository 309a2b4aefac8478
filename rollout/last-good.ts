import { primaryOf, type ObservedServiceDeployment, type Observation } from './observation.ts'

/**
 * The service deployment to go back to: the newest that succeeded with another task definition
 * than the one that is live now, before that one came. Never merely the next lower revision: that
 * one may never have run well. Undefined where ECS has no record of one (it keeps them 90 days).
 */
export function lastGoodBefore(observation: Observation): ObservedServiceDeployment | undefined {
  const { serviceDeployments } = observation
  if (serviceDeployments === 'unavailable') return undefined
  const live = primaryOf(observation)?.taskDefinition
  const good = serviceDeployments
    .filter(
      ({ status, targetTaskDefinition }) => status === 'SUCCESSFUL' && targetTaskDefinition !== '',
    )
    .toSorted((one, other) => other.createdAt - one.createdAt)
  // What failed after the live one is no matter; what went live before it is.
  const since = good.findIndex(({ targetTaskDefinition }) => targetTaskDefinition === live)
  return good.slice(since + 1).find(({ targetTaskDefinition }) => targetTaskDefinition !== live)
}
