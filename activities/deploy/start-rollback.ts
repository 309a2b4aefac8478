import { StopServiceDeploymentCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { log } from '@temporalio/activity'
import type { EnvironmentSpec, ServiceSpec } from '../../contract/environment-spec.ts'
import { shortName } from '../../rollout/arn.ts'
import type { RollbackTarget, StartedDeployment } from '../../rollout/deployment.ts'
import { primaryOf, type ObservedDeployment, type Observation } from '../../rollout/observation.ts'
import { recordMadeWith } from '../../rollout/record.ts'
import { whatRanBefore } from '../../rollout/rollback-target.ts'
import { isUnderWay } from '../../rollout/service-deployment-status.ts'
import { continuedDeployment } from '../../rollout/judged-deployment.ts'
import type { AwsClients } from '../aws/clients.ts'
import { errorName, isInactiveRevision, isTransient, isUnknownOperation } from '../aws/errors.ts'
import { observedService } from '../ecs/observe.ts'
import { copyOfRevision, isCopyOf } from '../revisions/copy.ts'
import { unavailable } from '../temporal/failures.ts'

export interface RollBackServiceInput {
  readonly spec: EnvironmentSpec
  readonly service: ServiceSpec
  readonly to: RollbackTarget
  readonly started?: StartedDeployment
  readonly deadline: number
}

type RollbackContext = Pick<RollBackServiceInput, 'spec' | 'service' | 'to' | 'started'>

/**
 * Asks ECS to roll back a deployment in flight. False if it cannot: the deployment has just ended
 * or has nothing to roll back to, or the endpoint lacks the operation.
 */
export async function stopDeployment(
  clients: AwsClients,
  serviceDeploymentArn: string,
): Promise<boolean> {
  try {
    await clients.ecs.send(
      new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }),
    )
    return true
  } catch (error) {
    if (isTransient(error)) throw error
    if (!isUnknownOperation(error) && !stopRefusals.has(errorName(error))) throw error
    log.info(`ECS does not stop the service deployment (${errorName(error)}): updating instead.`)
    return false
  }
}

const stopRefusals: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'ClientException',
  'ConflictException',
  'InvalidParameterException',
  'ServiceDeploymentNotFoundException',
  'UnsupportedFeatureException',
])

/** A deployment that rolls a service back. */
export interface RollbackDeployment extends Pick<ObservedDeployment, 'id' | 'taskDefinition'> {
  /** Its record, which shows the stages of a blue/green, linear or canary deployment. */
  readonly serviceDeploymentArn?: string
  /** In a blue/green rollback: the deployment whose tasks this one keeps. */
  readonly continues?: string
}

/**
 * A rollback that is already under way: an earlier attempt started it, and its record is under way
 * too; or ECS did, which continues with blue's deployment.
 */
export function existingRollback(
  deployment: ObservedDeployment,
  to: RollbackTarget,
  observation: Observation,
): RollbackDeployment {
  const record = recordMadeWith(observation.serviceDeployments, deployment)
  return {
    ...deployment,
    ...continuedDeployment(observation, whatRanBefore(to)),
    ...(record !== undefined && isUnderWay(record) ? { serviceDeploymentArn: record.arn } : {}),
  }
}

/** Deploys the rollback target, or a copy of it if it was deregistered. */
export async function deployRollbackTarget(
  clients: AwsClients,
  context: RollbackContext,
  force: boolean,
): Promise<RollbackDeployment> {
  const { taskDefinition } = context.to
  try {
    return await deploy(clients, context, { taskDefinition, force })
  } catch (error) {
    if (!isInactiveRevision(error)) throw error
    const copy = await copyOfRevision(clients, taskDefinition)
    log.warn(
      `${shortName(taskDefinition)} is INACTIVE: rolling back to a copy, ${shortName(copy)}.`,
    )
    return await deploy(clients, context, { taskDefinition: copy, force })
  }
}

async function deploy(
  clients: AwsClients,
  { spec, service }: RollbackContext,
  { taskDefinition, force }: { taskDefinition: string; force: boolean },
): Promise<RollbackDeployment> {
  const answer = await clients.ecsOnce.send(
    new UpdateServiceCommand({
      cluster: spec.cluster,
      service: service.ecsService,
      taskDefinition,
      ...(force ? { forceNewDeployment: true } : {}),
    }),
  )
  const primary = primaryOf({ service: observedService(answer.service) })
  if (primary === undefined) {
    throw unavailable(
      `ECS accepted the rollback of "${service.ecsService}", but its answer has no PRIMARY deployment.`,
    )
  }
  const serviceDeploymentArn = answer.service?.currentServiceDeployment
  return { ...primary, ...(serviceDeploymentArn === undefined ? {} : { serviceDeploymentArn }) }
}

/** The rollback target, with the ARN of its copy if an earlier attempt has deployed one. */
export async function withRunningCopy(
  clients: AwsClients,
  { to, started }: RollbackContext,
  observation: Observation,
): Promise<RollbackTarget> {
  const taskDefinition = primaryOf(observation)?.taskDefinition
  const known = [undefined, to.taskDefinition, started?.taskDefinition]
  if (taskDefinition === undefined || known.includes(taskDefinition)) return to
  return (await isCopyOf(clients, taskDefinition, to.taskDefinition))
    ? { ...to, taskDefinition }
    : to
}
