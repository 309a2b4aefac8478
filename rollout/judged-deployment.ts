import { isAllThere } from './progress.ts'
import { whatIsMissing } from './serving.ts'
import { type Gap } from './gap.ts'
import { recordMadeWith } from './record.ts'
import type { ObservedServiceDeployment, ObservedDeployment, Observation } from './observation.ts'
import { type Expectation } from './expectation.ts'

export interface JudgedDeployment {
  readonly observation: Observation
  readonly expected: Expectation
  readonly primary: ObservedDeployment
}

/** Whether the PRIMARY was requested after ours. ECS's own rollbacks have no record. */
export function hasOwnRecord(
  { observation, expected, primary }: JudgedDeployment,
  record?: ObservedServiceDeployment,
): boolean {
  if (primary.id === expected.deploymentId) return false
  if (primary.id === expected.before?.deploymentId) return false
  const its = recordMadeWith(observation.serviceDeployments, primary)
  if (its === undefined || record === undefined) return its !== undefined
  return its.arn !== record.arn && its.createdAt >= record.createdAt
}

/** What keeps the deployment to which ECS rolled back from being all that serves. */
export function gapBefore(
  { observation, expected, primary }: JudgedDeployment,
  resolved: Expectation['digests'],
): Gap | undefined {
  if (primary.rolloutState === 'FAILED') return { kind: 'previous deployment failed' }
  const { id: deploymentId, taskDefinition } = primary
  const digests = Object.keys(resolved).length > 0 ? resolved : (expected.before?.digests ?? {})
  const back = {
    taskDefinition,
    deploymentId,
    digests,
    ...imageDigestsOf(expected.before),
    ...continuedDeployment(observation, expected.before),
  }
  return whatIsMissing(observation, back, resolved)
}

function imageDigestsOf(before: Expectation['before']): Pick<Expectation, 'imageDigests'> {
  const { imageDigests } = before ?? {}
  return imageDigests === undefined ? {} : { imageDigests }
}

/** Blue keeps its tasks while green comes and goes; a rolling deployment replaces its tasks. */
export function continuedDeployment(
  { service }: Pick<Observation, 'service'>,
  before: { readonly deploymentId?: string } | undefined,
): Pick<Expectation, 'continues'> {
  const { deploymentId } = before ?? {}
  return service.strategy === 'ROLLING' || deploymentId === undefined
    ? {}
    : { continues: deploymentId }
}

/** A rollback takes as long as any other deployment. */
export function isAlmostBack({ observation, expected, primary }: JudgedDeployment): boolean {
  return primary.id !== expected.deploymentId && isAllThere(observation.service, primary)
}
