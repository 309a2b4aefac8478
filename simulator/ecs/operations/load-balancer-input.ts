import type {
  AdvancedConfiguration,
  DeploymentConfiguration,
  LoadBalancer,
} from '@aws-sdk/client-ecs'
import { AwsError } from '../../http/types.ts'
import type { Engine } from '../engine.ts'
import type { TaskDefinitionRecord } from '../records.ts'
import {
  objectList,
  onlyFields,
  optionalInteger,
  optionalObject,
  optionalText,
  text,
  type Input,
} from '../requests/input.ts'

/**
 * The load balancers of a request. Their target groups must exist, and the task definition must
 * have their container and port.
 *
 * @throws InvalidParameterException
 */
export function loadBalancers(
  engine: Engine,
  input: Input,
  definition: TaskDefinitionRecord,
): LoadBalancer[] {
  return objectList(input, 'loadBalancers').map((given) => {
    const targetGroupArn = optionalText(given, 'targetGroupArn')
    const containerName = optionalText(given, 'containerName')
    const containerPort = optionalInteger(given, 'containerPort', { max: 65_535 })
    if (targetGroupArn === undefined) {
      throw new AwsError('InvalidParameterException', 'targetGroupArn can not be blank.')
    }
    checkTargetGroup(engine, targetGroupArn)
    checkPort(definition, containerName, containerPort)
    const colours = optionalObject(given, 'advancedConfiguration')
    return {
      targetGroupArn,
      containerName,
      containerPort,
      ...(colours && { advancedConfiguration: advanced(engine, colours, targetGroupArn) }),
    }
  })
}

/** @throws InvalidParameterException with ECS's message. */
export function checkPort(
  definition: TaskDefinitionRecord,
  containerName: string | undefined,
  containerPort: number | undefined,
): void {
  const container = definition.containers.find(({ name }) => name === containerName)
  if (container === undefined) {
    throw new AwsError(
      'InvalidParameterException',
      `The container ${containerName ?? ''} does not exist in the task definition.`,
    )
  }
  if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
    throw new AwsError(
      'InvalidParameterException',
      `The container ${containerName ?? ''} did not have a container port ${containerPort ?? ''} defined.`,
    )
  }
}

/**
 * What a deployment needs to shift traffic: the alternate target group, and the listener rules that
 * ECS changes. Listeners of a Network Load Balancer, which have no rules, are not modelled.
 */
function advanced(engine: Engine, given: Input, targetGroupArn: string): AdvancedConfiguration {
  onlyFields(given, 'advancedConfiguration', [
    'alternateTargetGroupArn',
    'productionListenerRule',
    'testListenerRule',
    'roleArn',
  ])
  const alternateTargetGroupArn = text(given, 'alternateTargetGroupArn')
  checkTargetGroup(engine, alternateTargetGroupArn)
  if (alternateTargetGroupArn === targetGroupArn) {
    throw new AwsError(
      'InvalidParameterException',
      'alternateTargetGroupArn must differ from targetGroupArn.',
    )
  }
  const testListenerRule = optionalText(given, 'testListenerRule')
  const productionListenerRule = text(given, 'productionListenerRule')
  for (const rule of [productionListenerRule, testListenerRule]) {
    if (rule === undefined || engine.state.rules[rule] !== undefined) continue
    throw new AwsError(
      'InvalidParameterException',
      `The specified listener rule does not exist. listener rule: ${rule}`,
    )
  }
  return {
    alternateTargetGroupArn,
    productionListenerRule,
    ...(testListenerRule !== undefined && { testListenerRule }),
    roleArn: text(given, 'roleArn'),
  }
}

function checkTargetGroup({ state }: Engine, arn: string): void {
  if (state.targetGroups[arn] !== undefined) return
  throw new AwsError(
    'InvalidParameterException',
    `The specified target group does not exist. target group: ${arn}`,
  )
}

/**
 * Checks that a service can shift its traffic as its strategy demands. Of the strategies that shift
 * traffic, only blue/green is documented for services without a load balancer.
 *
 * @throws InvalidParameterException
 */
export function checkTraffic(
  { strategy = 'ROLLING' }: DeploymentConfiguration,
  balancers: readonly LoadBalancer[],
): void {
  if (strategy === 'ROLLING') return
  if (balancers.some(({ advancedConfiguration }) => advancedConfiguration === undefined)) {
    throw new AwsError(
      'InvalidParameterException',
      'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy.',
    )
  }
  if (balancers.length === 0 && strategy !== 'BLUE_GREEN') {
    throw new AwsError(
      'InvalidParameterException',
      `Strategy ${strategy} shifts traffic, but the service has no load balancer.`,
    )
  }
}
