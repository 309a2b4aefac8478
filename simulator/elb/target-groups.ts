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
import { loadBalancerAt, targetGroupAt } from './find.ts'
import { optionalInteger, text } from './input.ts'
import type { TargetGroupRecord } from './records.ts'

/** @throws DuplicateTargetGroupName if there is one of that name. */
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
  const { targetGroups } = engine.state
  if (Object.values(targetGroups).some((group) => group.name === name)) {
    throw new AwsError(
      'DuplicateTargetGroupName',
      `A target group with the same name '${name}' exists, but with different settings`,
    )
  }
  const targetType = optionalText(input, 'TargetType') ?? 'ip'
  if (targetType !== 'ip' && targetType !== 'instance') {
    throw new AwsError(
      'ValidationError',
      `ECS cannot use target type '${targetType}'; use 'ip' or 'instance'`,
    )
  }
  rejectOtherProtocols(optionalText(input, 'Protocol') ?? 'HTTP')
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

/** All, those with these names or ARNs, or those that a load balancer forwards to. */
export function describeTargetGroups(
  engine: Engine,
  input: Input,
): Answer<DescribeTargetGroupsCommandOutput> {
  const arns = textList(input, 'TargetGroupArns')
  const names = textList(input, 'Names')
  const all = Object.values(engine.state.targetGroups)
  const named = names.map((name) => {
    const group = all.find((known) => known.name === name)
    if (group === undefined) {
      throw new AwsError('TargetGroupNotFound', `One or more target groups not found`)
    }
    return group
  })
  const of = optionalText(input, 'LoadBalancerArn')
  if (of !== undefined) {
    loadBalancerAt(engine, of)
    const forwarded = all.filter(({ arn }) => balancersOf(engine, arn).includes(of))
    return { TargetGroups: forwarded.map((group) => targetGroupAnswer(engine, group)) }
  }
  const found =
    arns.length + names.length === 0
      ? all
      : [...arns.map((arn) => targetGroupAt(engine, arn)), ...named]
  return { TargetGroups: found.map((group) => targetGroupAnswer(engine, group)) }
}

/** Changes the health check of a target group. Absent fields stay as they are. */
export function modifyTargetGroup(
  engine: Engine,
  input: Input,
): Answer<ModifyTargetGroupCommandOutput> {
  const group = targetGroupAt(engine, text(input, 'TargetGroupArn'))
  group.healthCheck = healthCheckAfter(input, group.healthCheck)
  return { TargetGroups: [targetGroupAnswer(engine, group)] }
}

/** @throws ResourceInUse while a service registers its tasks in it, or a rule forwards to it. */
export function deleteTargetGroup(engine: Engine, input: Input): object {
  const arn = text(input, 'TargetGroupArn')
  if (isInUse(engine, arn) || balancersOf(engine, arn).length > 0) {
    throw new AwsError(
      'ResourceInUse',
      `Target group '${arn}' is currently in use by a listener or a rule`,
    )
  }
  delete engine.state.targetGroups[arn]
  return {}
}

function isInUse(engine: Engine, arn: string): boolean {
  return Object.values(engine.state.services).some(
    ({ status, loadBalancers }) =>
      status !== 'INACTIVE' &&
      loadBalancers.some(
        ({ targetGroupArn, advancedConfiguration }) =>
          targetGroupArn === arn || advancedConfiguration?.alternateTargetGroupArn === arn,
      ),
  )
}

/** The load balancers with a rule that forwards to a target group. */
function balancersOf({ state }: Engine, arn: string): string[] {
  const listeners = Object.values(state.rules)
    .filter(({ forward }) => forward.some(({ targetGroupArn }) => targetGroupArn === arn))
    .map(({ listener }) => state.listeners[listener]?.loadBalancer ?? '')
  return [...new Set(listeners)]
}

/**
 * A service may use a target group to which no rule forwards; it then gets a made-up load balancer.
 */
function loadBalancerArns(engine: Engine, arn: string): string[] {
  const known = balancersOf(engine, arn)
  if (known.length > 0 || !isInUse(engine, arn)) return known
  const { region, account } = engine
  return [
    `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/simulator/0000000000000000`,
  ]
}

function rejectOtherProtocols(protocol: string): void {
  if (protocol === 'HTTP' || protocol === 'HTTPS') return
  throw new AwsError(
    'ValidationError',
    `The simulator models only target groups with protocol HTTP or HTTPS, not '${protocol}'`,
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
    LoadBalancerArns: loadBalancerArns(engine, group.arn),
  }
}
