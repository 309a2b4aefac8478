import type { CreateServiceCommandOutput } from '@aws-sdk/client-ecs'
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
  text,
  type Input,
} from '../requests/input.ts'
import { clusterOf, serviceArn, usableTaskDefinition } from '../requests/lookup.ts'
import type { ServiceRecord } from '../records.ts'
import { containerInstances, daemonDeploymentConfiguration, isDaemonInput } from './daemon-input.ts'
import {
  deploymentConfiguration,
  usualDeploymentConfiguration,
} from './deployment-configuration.ts'
import { checkTraffic, loadBalancers } from './load-balancer-input.ts'
import { tagList } from './tags.ts'

const known = [
  'cluster',
  'serviceName',
  'taskDefinition',
  'desiredCount',
  'deploymentConfiguration',
  'deploymentController',
  'loadBalancers',
  'launchType',
  'platformVersion',
  'networkConfiguration',
  'healthCheckGracePeriodSeconds',
  'schedulingStrategy',
  'enableExecuteCommand',
  'enableECSManagedTags',
  'propagateTags',
  'tags',
  'clientToken',
  'availabilityZoneRebalancing',
]

/** Creates a service and starts its first deployment. */
export function createService(engine: Engine, input: Input): Answer<CreateServiceCommandOutput> {
  onlyFields(input, 'CreateService', known)
  rejectOtherControllers(input)
  const daemon = isDaemonInput(input)
  const cluster = clusterOf(engine, input)
  const name = text(input, 'serviceName')
  if (!/^[\w-]{1,255}$/.test(name)) {
    throw new AwsError('InvalidParameterException', 'Identifier contains invalid characters.')
  }
  const arn = serviceArn(engine, cluster.name, name)
  const before = engine.state.services[arn]
  if (before !== undefined && before.status !== 'INACTIVE') {
    throw new AwsError('InvalidParameterException', 'Creation of service was not idempotent.')
  }
  const definition = usableTaskDefinition(engine, text(input, 'taskDefinition'))
  const platformVersion = optionalText(input, 'platformVersion')
  const networkConfiguration = optionalObject(input, 'networkConfiguration')
  const service: ServiceRecord = {
    arn,
    name,
    cluster: cluster.name,
    status: 'ACTIVE',
    taskDefinition: definition.arn,
    desiredCount: daemon ? containerInstances : (optionalInteger(input, 'desiredCount') ?? 0),
    ...(daemon && { daemon: true as const }),
    deploymentConfiguration: deploymentConfiguration(
      input,
      daemon ? daemonDeploymentConfiguration : usualDeploymentConfiguration,
    ),
    loadBalancers: loadBalancers(engine, input, definition),
    launchType: optionalWord(input, 'launchType', ['EC2', 'FARGATE', 'EXTERNAL']) ?? 'EC2',
    ...(platformVersion !== undefined && { platformVersion }),
    ...(networkConfiguration && { networkConfiguration }),
    healthCheckGracePeriodSeconds: optionalInteger(input, 'healthCheckGracePeriodSeconds') ?? 0,
    enableExecuteCommand: optionalFlag(input, 'enableExecuteCommand') ?? false,
    enableECSManagedTags: optionalFlag(input, 'enableECSManagedTags') ?? false,
    propagateTags:
      optionalWord(input, 'propagateTags', ['NONE', 'SERVICE', 'TASK_DEFINITION']) ?? 'NONE',
    createdAt: engine.clock.now(),
    tags: tagList(input),
    deployments: [],
    events: [],
    tasks: before?.tasks ?? [],
    steady: false,
    pausedUntil: 0,
  }
  checkTraffic(service.deploymentConfiguration, service.loadBalancers)
  engine.state.services[arn] = service
  beginDeployment(engine, service)
  return { service: serviceAnswer(engine, service, { tags: true }) }
}

function rejectOtherControllers(input: Input): void {
  const controller = optionalObject(input, 'deploymentController')
  const type = (controller && optionalText(controller, 'type')) ?? 'ECS'
  if (type === 'ECS') return
  throw new AwsError(
    'UnsupportedFeatureException',
    `The simulator models only the deployment controller ECS, not ${type}.`,
  )
}
