import type {
  CreateLoadBalancerCommandOutput,
  DescribeLoadBalancersCommandOutput,
  LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Engine } from '../ecs/engine.ts'
import { elbId } from '../ecs/ids.ts'
import { type Input, optionalText, optionalWord, textList } from '../ecs/requests/input.ts'
import { AwsError } from '../http/types.ts'
import { loadBalancerAt } from './find.ts'
import { text } from './input.ts'
import { removeListener } from './listeners.ts'
import type { LoadBalancerRecord } from './records.ts'

/**
 * Creates an Application Load Balancer, which is `active` at once. It does not serve traffic: its
 * rules show where traffic would go.
 */
export function createLoadBalancer(
  engine: Engine,
  input: Input,
): Omit<CreateLoadBalancerCommandOutput, '$metadata'> {
  const name = text(input, 'Name')
  const type = optionalText(input, 'Type') ?? 'application'
  if (type !== 'application') {
    throw new AwsError(
      'ValidationError',
      `The simulator models only application load balancers, not '${type}'`,
    )
  }
  if (Object.values(engine.state.loadBalancers).some((one) => one.name === name)) {
    throw new AwsError(
      'DuplicateLoadBalancerName',
      `A load balancer with the same name '${name}' exists, but with different settings`,
    )
  }
  const arn = `arn:aws:elasticloadbalancing:${engine.region}:${engine.account}:loadbalancer/app/${name}/${elbId()}`
  const balancer: LoadBalancerRecord = {
    arn,
    name,
    scheme: optionalWord(input, 'Scheme', ['internet-facing', 'internal']) ?? 'internet-facing',
    createdAt: engine.clock.now(),
  }
  engine.state.loadBalancers[arn] = balancer
  return { LoadBalancers: [answer(engine, balancer)] }
}

export function describeLoadBalancers(
  engine: Engine,
  input: Input,
): Omit<DescribeLoadBalancersCommandOutput, '$metadata'> {
  const arns = textList(input, 'LoadBalancerArns')
  const names = textList(input, 'Names')
  const all = Object.values(engine.state.loadBalancers)
  const named = names.map((name) => {
    const balancer = all.find((known) => known.name === name)
    if (balancer === undefined) {
      throw new AwsError('LoadBalancerNotFound', `Load balancers '[${name}]' not found`)
    }
    return balancer
  })
  const found =
    arns.length + names.length === 0
      ? all
      : [...arns.map((arn) => loadBalancerAt(engine, arn)), ...named]
  return { LoadBalancers: found.map((balancer) => answer(engine, balancer)) }
}

/**
 * Deletes its listeners and their rules as well. Does nothing if there is no such load balancer.
 */
export function deleteLoadBalancer(engine: Engine, input: Input): object {
  const arn = text(input, 'LoadBalancerArn')
  for (const listener of Object.values(engine.state.listeners)) {
    if (listener.loadBalancer === arn) removeListener(engine, listener.arn)
  }
  delete engine.state.loadBalancers[arn]
  return {}
}

function answer(engine: Engine, balancer: LoadBalancerRecord): LoadBalancer {
  return {
    LoadBalancerArn: balancer.arn,
    LoadBalancerName: balancer.name,
    DNSName: `${balancer.name}.${engine.region}.elb.amazonaws.com`,
    CreatedTime: new Date(balancer.createdAt),
    Scheme: balancer.scheme,
    Type: 'application',
    State: { Code: 'active' },
    IpAddressType: 'ipv4',
    VpcId: 'vpc-00000000',
    AvailabilityZones: [{ ZoneName: `${engine.region}a` }],
    SecurityGroups: [],
  }
}
