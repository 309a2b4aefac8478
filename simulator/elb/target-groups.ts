import type {
  CreateTargetGroupCommandOutput,
  DescribeTargetGroupsCommandOutput,
  ModifyTargetGroupCommandOutput,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Answer } from '../ecs/answers/wire.ts'
import type { Engine } from '../ecs/engine.ts'
import { elbId } from '../ecs/ids.ts'
import { type Input, objectList, optionalText, textList } from '../ecs/requests/input.ts'
import { AwsError } from '../http/types.ts'
import { healthCheckAfter, usualHealthCheck } from './health-check-input.ts'
import { targetGroupAt } from './find.ts'
import { optionalInteger, text } from './input.ts'
import type { TargetGroupRecord } from './records.ts'

/** @throws DuplicateTargetGroupName where there is one of that name. */
export function createTargetGroup(
  engine: Engine,
  input: Input,
): Answer<CreateTargetGroupCommandOutput> {
  const name = text(input, 'Name')
  if (!/^(?!-)[a-zA-Z0-9-]{1,32}(?<!-)$/.test(name)) {
    throw new AwsError(
      'ValidationError',
      `Target group name '${name}' must be 1 to 32 letters, digits and hyphens, with no hyphen at either end`,
    )
  }
  const { targetGroups } = engine.world
  if (Object.values(targetGroups).some((group) => group.name === name)) {
    throw new AwsError(
      'DuplicateTargetGroupName',
      `A target group with the same name '${name}' exists, but with different settings`,
    )
  }
  const targetType = optionalText(input, 'TargetType') ?? 'ip'
  if (targetType !== 'ip' && targetType !== 'instance') {
    throw new AwsError('ValidationError', `Target type '${targetType}' is not one that ECS can use`)
  }
  refuseOtherProtocols(optionalText(input, 'Protocol') ?? 'HTTP')
  const arn = `arn:aws:elasticloadbalancing:${engine.region}:${engine.account}:targetgroup/${name}/${elbId()}`
  const group: TargetGroupRecord = {
    arn,
    name,
    port: optionalInteger(input, 'Port', [1, 65_535]) ?? 80,
    vpcId: optionalText(input, 'VpcId') ?? 'vpc-00000000',
    targetType,
    createdAt: engine.clock.now(),
    healthCheck: healthCheckAfter(input, usualHealthCheck),
    attributes: {
      'deregistration_delay.timeout_seconds': '300',
      'stickiness.enabled': 'false',
      'load_balancing.algorithm.type': 'round_robin',
    },
    tags: objectList(input, 'Tags').map((tag) => ({
      Key: text(tag, 'Key'),
      Value: optionalText(tag, 'Value') ?? '',
    })),
    targets: [],
  }
  targetGroups[arn] = group
  return { TargetGroups: [targetGroupAnswer(engine, group)] }
}

/** All, or those with these names or ARNs; ECS's load balancers are not modelled, so not by one. */
export function describeTargetGroups(
  engine: Engine,
  input: Input,
): Answer<DescribeTargetGroupsCommandOutput> {
  const arns = textList(input, 'TargetGroupArns')
  const names = textList(input, 'Names')
  if (optionalText(input, 'LoadBalancerArn') !== undefined) {
    throw new AwsError(
      'LoadBalancerNotFound',
      'The simulator has target groups but no load balancers: ask by name or ARN',
    )
  }
  const all = Object.values(engine.world.targetGroups)
  const named = names.map((name) => {
    const group = all.find((known) => known.name === name)
    if (group === undefined) {
      throw new AwsError('TargetGroupNotFound', `One or more target groups not found`)
    }
    return group
  })
  const found =
    arns.length + names.length === 0
      ? all
      : [...arns.map((arn) => targetGroupAt(engine, arn)), ...named]
  return { TargetGroups: found.map((group) => targetGroupAnswer(engine, group)) }
}

/** Changes how the group asks its targets; what is left out stays. */
export function modifyTargetGroup(
  engine: Engine,
  input: Input,
): Answer<ModifyTargetGroupCommandOutput> {
  const group = targetGroupAt(engine, text(input, 'TargetGroupArn'))
  group.healthCheck = healthCheckAfter(input, group.healthCheck)
  return { TargetGroups: [targetGroupAnswer(engine, group)] }
}

/** @throws ResourceInUse while a service registers its tasks there. */
export function deleteTargetGroup(engine: Engine, input: Input): object {
  const arn = text(input, 'TargetGroupArn')
  if (isInUse(engine, arn)) {
    throw new AwsError(
      'ResourceInUse',
      `Target group '${arn}' is currently in use by a listener or a rule`,
    )
  }
  delete engine.world.targetGroups[arn]
  return {}
}

function isInUse(engine: Engine, arn: string): boolean {
  return Object.values(engine.world.services).some(
    ({ status, loadBalancers }) =>
      status !== 'INACTIVE' && loadBalancers.some(({ targetGroupArn }) => targetGroupArn === arn),
  )
}

function refuseOtherProtocols(protocol: string): void {
  if (protocol === 'HTTP' || protocol === 'HTTPS') return
  throw new AwsError(
    'ValidationError',
    `The simulator asks targets over HTTP only, so a target group with protocol '${protocol}' is not modelled`,
  )
}

function targetGroupAnswer(engine: Engine, group: TargetGroupRecord): TargetGroup {
  const { healthCheck } = group
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: 'HTTP',
    ProtocolVersion: 'HTTP1',
    Port: group.port,
    VpcId: group.vpcId,
    TargetType: group.targetType,
    IpAddressType: 'ipv4',
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: 'traffic-port',
    HealthCheckEnabled: healthCheck.enabled,
    HealthCheckPath: healthCheck.path,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    Matcher: { HttpCode: healthCheck.matcher },
    LoadBalancerArns: isInUse(engine, group.arn)
      ? [
          `arn:aws:elasticloadbalancing:${engine.region}:${engine.account}:loadbalancer/app/simulator/0000000000000000`,
        ]
      : [],
  }
}
