import type { StartedDeployment, RollbackTarget } from '../../rollout/deployment.ts'
import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import { StopServiceDeploymentCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { log } from '@temporalio/activity'
import {
  type ObservedDeployment,
  type ObservedServiceDeployment,
  type Observation,
  primaryOf,
} from '../../rollout/observation.ts'
import { recordMadeWith } from '../../rollout/record.ts'
import { continuedDeployment } from '../../rollout/verdict.ts'
import type { AwsClients } from '../aws/clients.ts'
import { copyOfRevision, isCopyOf } from '../revisions/copy.ts'
import { unavailable } from '../temporal/failures.ts'
import { isInactiveRevision, isTransient, isUnknownOperation, errorName } from '../aws/errors.ts'
import { observedService } from '../ecs/observe.ts'

import { shortName } from '../../rollout/arn.ts'

type RollbackContext = Pick<RollBackServiceInput, 'spec' | 'service' | 'to' | 'started'>

/**
 * Asks ECS to roll back a deployment in flight. False where it cannot: the deployment has just
 * ended, has nothing to go back to, or the endpoint has no such operation.
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

/** A deployment that leads back, and its record: of the stages of one that has any. */
export interface RollbackDeployment extends Pick<ObservedDeployment, 'id' | 'taskDefinition'> {
  readonly serviceDeploymentArn?: string
  /** Of a rollback in two colours. */
  readonly continues?: string
}

/** A try before this one has started it, whose record goes on, or ECS itself, which goes on with blue. */
export function existingRollback(
  deployment: ObservedDeployment,
  to: RollbackTarget,
  observation: Observation,
): RollbackDeployment {
  const { serviceDeployments } = observation
  const record =
    serviceDeployments === 'unavailable'
      ? undefined
      : recordMadeWith(serviceDeployments, deployment)
  return {
    ...deployment,
    ...continuedDeployment(observation, to),
    ...(record !== undefined && isUnderWay(record) ? { serviceDeploymentArn: record.arn } : {}),
  }
}

function isUnderWay({ status }: ObservedServiceDeployment): boolean {
  return status === 'PENDING' || status === 'IN_PROGRESS'
}

/** Where somebody has deregistered the way back meanwhile, to a copy of it. */
export async function deployRollbackTarget(
  clients: AwsClients,
  going: RollbackContext,
  force: boolean,
): Promise<RollbackDeployment> {
  const { taskDefinition } = going.to
  try {
    return await deploy(clients, going, { taskDefinition, force })
  } catch (error) {
    if (!isInactiveRevision(error)) throw error
    const copy = await copyOfRevision(clients, taskDefinition)
    log.warn(`${shortName(taskDefinition)} is INACTIVE: going back to a copy, ${shortName(copy)}.`)
    return await deploy(clients, going, { taskDefinition: copy, force: false })
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
  const { deployments } = observedService(answer.service)
  const primary = deployments.find(({ status }) => status === 'PRIMARY')
  if (primary === undefined) {
    throw unavailable(`ECS did not name the deployment that takes "${service.ecsService}" back.`)
  }
  const serviceDeploymentArn = answer.service?.currentServiceDeployment
  return { ...primary, ...(serviceDeploymentArn === undefined ? {} : { serviceDeploymentArn }) }
}

/** The way back, under the name of its copy where a try before this one has started that. */
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

export interface RollBackServiceInput {
  readonly spec: EnvironmentSpec
  readonly service: ServiceSpec
  readonly to: RollbackTarget
  readonly started?: StartedDeployment
  readonly deadline: number
}
