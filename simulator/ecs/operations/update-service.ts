import type { UpdateServiceCommandOutput } from '@aws-sdk/client-ecs'
import { isDeepStrictEqual } from 'node:util'
import { AwsError } from '../../http/types.ts'
import { serviceAnswer } from '../answers/service.ts'
import type { Answer } from '../answers/wire.ts'
import { beginDeployment } from '../rollouts/deployments.ts'
import type { Engine } from '../engine.ts'
import {
  onlyFields,
  optionalFlag,
  optionalInteger,
  optionalObject,
  optionalText,
  optionalWord,
  type Input,
} from '../requests/input.ts'
import { serviceOf, usableTaskDefinition } from '../requests/lookup.ts'
import { applySettings, settingsOf, taskDefinitionAt } from '../rollouts/revisions.ts'
import { wakeSoon } from '../wake.ts'
import type { ServiceRecord, ServiceSettings } from '../records.ts'
import { rejectDaemonInput } from './daemon-input.ts'
import { deploymentConfiguration } from './deployment-configuration.ts'
import { checkPort, checkTraffic, loadBalancers } from './load-balancer-input.ts'

const known = [
  'cluster',
  'service',
  'taskDefinition',
  'desiredCount',
  'deploymentConfiguration',
  'forceNewDeployment',
  'loadBalancers',
  'platformVersion',
  'networkConfiguration',
  'healthCheckGracePeriodSeconds',
  'enableExecuteCommand',
  'enableECSManagedTags',
  'propagateTags',
  'availabilityZoneRebalancing',
]

/**
 * Changes a service. A new deployment starts if it is forced, or if a setting from which tasks are
 * created has changed. A new desired count or deployment configuration alone starts none
 * (UpdateService in the ECS API).
 */
export function updateService(engine: Engine, input: Input): Answer<UpdateServiceCommandOutput> {
  onlyFields(input, 'UpdateService', known)
  const service = serviceOf(engine, input)
  if (service.status !== 'ACTIVE') {
    throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.')
  }
  const settings = settingsAfter(engine, service, input)
  const configuration = deploymentConfiguration(input, service.deploymentConfiguration)
  checkTraffic(configuration, settings.loadBalancers)
  rejectForDaemon(service, input)
  const desiredCount = optionalInteger(input, 'desiredCount') ?? service.desiredCount
  const isNew = !isDeepStrictEqual(settings, settingsOf(service))

  service.deploymentConfiguration = configuration
  if (service.desiredCount !== desiredCount) service.steady = false
  service.desiredCount = desiredCount
  service.healthCheckGracePeriodSeconds =
    optionalInteger(input, 'healthCheckGracePeriodSeconds') ?? service.healthCheckGracePeriodSeconds
  service.enableExecuteCommand =
    optionalFlag(input, 'enableExecuteCommand') ?? service.enableExecuteCommand
  service.enableECSManagedTags =
    optionalFlag(input, 'enableECSManagedTags') ?? service.enableECSManagedTags
  service.propagateTags =
    optionalWord(input, 'propagateTags', ['NONE', 'SERVICE', 'TASK_DEFINITION']) ??
    service.propagateTags
  if (isNew || optionalFlag(input, 'forceNewDeployment') === true) {
    applySettings(service, settings)
    beginDeployment(engine, service)
  }
  wakeSoon(engine, service.arn)
  return { service: serviceAnswer(engine, service, { tags: true }) }
}

function rejectForDaemon({ daemon }: ServiceRecord, input: Input): void {
  if (daemon === true) rejectDaemonInput(input)
}

function settingsAfter(engine: Engine, service: ServiceRecord, input: Input): ServiceSettings {
  const reference = optionalText(input, 'taskDefinition')
  const definition =
    reference === undefined
      ? taskDefinitionAt(engine, service.taskDefinition)
      : usableTaskDefinition(engine, reference)
  if (definition === undefined) throw new AwsError('ClientException', 'TaskDefinition not found.')
  const balancers =
    input['loadBalancers'] === undefined
      ? service.loadBalancers
      : loadBalancers(engine, input, definition)
  for (const { containerName, containerPort } of balancers) {
    checkPort(definition, containerName, containerPort)
  }
  const platformVersion = optionalText(input, 'platformVersion')
  const networkConfiguration = optionalObject(input, 'networkConfiguration')
  return settingsOf({
    ...service,
    taskDefinition: definition.arn,
    loadBalancers: balancers,
    ...(platformVersion !== undefined && { platformVersion }),
    ...(networkConfiguration && { networkConfiguration }),
  })
}
