import type { ObservedDeployment, ObservedServiceDeployment, Observation } from './observation.ts'
import type { Expectation } from './expectation.ts'

/** ECS writes a record in the same instant as its deployment, give or take this, in ms. */
const clockTick = 2_000

/** The service deployment record of the expected deployment. */
export function recordOf(
  observation: Observation,
  expected: Expectation,
): ObservedServiceDeployment | undefined {
  const { serviceDeployments, service } = observation
  if (serviceDeployments === 'unavailable') return undefined
  if (expected.serviceDeploymentArn !== undefined) {
    const known = serviceDeployments.find(({ arn }) => arn === expected.serviceDeploymentArn)
    if (known !== undefined) return known
  }
  const ours = service.deployments.find((one) => one.id === expected.deploymentId)
  return ours === undefined ? undefined : recordMadeWith(serviceDeployments, ours)
}

/**
 * The record that ECS made together with a deployment. There is none for a deployment that is
 * ECS's own rollback. The nearest in time: another deployment of the same revision, a moment
 * later, has a record of its own.
 */
export function recordMadeWith(
  records: readonly ObservedServiceDeployment[],
  { taskDefinition, createdAt }: Pick<ObservedDeployment, 'taskDefinition' | 'createdAt'>,
): ObservedServiceDeployment | undefined {
  const distance = (record: ObservedServiceDeployment) => Math.abs(record.createdAt - createdAt)
  return records
    .filter((one) => one.targetTaskDefinition === taskDefinition && distance(one) <= clockTick)
    .toSorted((one, other) => distance(one) - distance(other))[0]
}

/** Why ECS says that a rollout is where it is. */
export function reasonOf(record: ObservedServiceDeployment): string {
  const { statusReason, rollbackReason, triggeredAlarms, status } = record
  const reason = statusReason || rollbackReason || `ECS says ${status || 'no status'}`
  const unsaid = triggeredAlarms.filter((name) => !reason.includes(name))
  if (unsaid.length === 0) return reason
  return `${reason.replace(/\.$/, '')} (${alarmWords(unsaid)}).`
}

/** `alarm 5xx rang`, `alarms 5xx and latency rang` */
export function alarmWords(names: readonly string[]): string {
  return `alarm${names.length === 1 ? '' : 's'} ${names.join(' and ')} rang`
}

/** The expected deployment, while ECS lists it. */
export function deploymentOf(
  observation: Observation,
  expected: Expectation,
): ObservedDeployment | undefined {
  return observation.service.deployments.find((one) => one.id === expected.deploymentId)
}
