import type { EcsReason } from './gap.ts'
import type { ObservedDeployment, ObservedServiceDeployment, Observation } from './observation.ts'

/** ECS creates a record in the same instant as its deployment, give or take this, in milliseconds. */
const clockTickMs = 2_000

/** What is known of a deployment that was started. */
export interface KnownDeployment {
  /** `ecs-svc/…` */
  readonly deploymentId: string
  readonly serviceDeploymentArn?: string
}

/**
 * The service deployment record of a deployment: the one whose ARN is known, else the one that ECS
 * made together with it. This is the only rule for which record belongs to which deployment.
 *
 * The ARN comes first: a retried `UpdateService` may find its deployment in the list without an
 * ARN, and an endpoint may lack the ARN in its answer, but one that ECS gave names this record and
 * no other, however far apart the clocks are.
 */
export function recordOf(
  { serviceDeployments, service }: Observation,
  { deploymentId, serviceDeploymentArn }: KnownDeployment,
): ObservedServiceDeployment | undefined {
  if (serviceDeployments === 'unavailable') return undefined
  const named =
    serviceDeploymentArn === undefined
      ? undefined
      : serviceDeployments.find(({ arn }) => arn === serviceDeploymentArn)
  if (named !== undefined) return named
  const listed = service.deployments.find(({ id }) => id === deploymentId)
  return listed === undefined ? undefined : recordMadeWith(serviceDeployments, listed)
}

/**
 * The record that ECS made together with a deployment that is listed. There is none for ECS's own
 * rollback. The nearest in time: another deployment of the same revision, a moment later, has a
 * record of its own.
 */
export function recordMadeWith(
  records: Observation['serviceDeployments'],
  { taskDefinition, createdAt }: Pick<ObservedDeployment, 'taskDefinition' | 'createdAt'>,
): ObservedServiceDeployment | undefined {
  if (records === 'unavailable') return undefined
  const distance = (record: ObservedServiceDeployment) => Math.abs(record.createdAt - createdAt)
  return records
    .filter((one) => one.targetTaskDefinition === taskDefinition && distance(one) <= clockTickMs)
    .toSorted((one, other) => distance(one) - distance(other))[0]
}

/** Why ECS says that a rollout is where it is. */
export function reasonOf(record: ObservedServiceDeployment): EcsReason {
  const { statusReason, rollbackReason, triggeredAlarms, status } = record
  const said = statusReason || rollbackReason
  return { said, status, alarms: triggeredAlarms.filter((name) => !said.includes(name)) }
}

/** The expected deployment, while ECS lists it. */
export function deploymentOf(
  observation: Observation,
  { deploymentId }: KnownDeployment,
): ObservedDeployment | undefined {
  return observation.service.deployments.find((one) => one.id === deploymentId)
}
