import type {
  CreateListenerCommandOutput,
  DescribeListenersCommandOutput,
  Listener,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Answer } from '../ecs/answers/wire.ts'
import type { Engine } from '../ecs/engine.ts'
import { elbId } from '../ecs/ids.ts'
import { type Input, optionalText, textList } from '../ecs/requests/input.ts'
import { AwsError } from '../http/types.ts'
import { listenerAt, loadBalancerAt } from './find.ts'
import { forwardIn, actionsOf } from './forward.ts'
import { optionalInteger, text } from './input.ts'
import type { ListenerRecord } from './records.ts'
import { addRule, rejectWhileInUse } from './rules.ts'

/** Creates a listener and its default rule. */
export function createListener(engine: Engine, input: Input): Answer<CreateListenerCommandOutput> {
  const balancer = loadBalancerAt(engine, text(input, 'LoadBalancerArn'))
  const protocol = optionalText(input, 'Protocol') ?? 'HTTP'
  if (protocol !== 'HTTP') {
    throw new AwsError(
      'ValidationError',
      `The simulator models only HTTP listeners, not '${protocol}'`,
    )
  }
  const port = optionalInteger(input, 'Port', [1, 65_535]) ?? 80
  const all = Object.values(engine.state.listeners)
  if (all.some((one) => one.loadBalancer === balancer.arn && one.port === port)) {
    throw new AwsError(
      'DuplicateListener',
      `A listener already exists on this port for this load balancer '${balancer.arn}'`,
    )
  }
  const forward = forwardIn(engine, input, 'DefaultActions')
  const listener: ListenerRecord = {
    arn: `${balancer.arn.replace(':loadbalancer/', ':listener/')}/${elbId()}`,
    loadBalancer: balancer.arn,
    port,
  }
  engine.state.listeners[listener.arn] = listener
  addRule(engine, listener, { priority: 'default', conditions: [], forward })
  return { Listeners: [answer(engine, listener)] }
}

/** The listeners of a load balancer, or those with these ARNs. */
export function describeListeners(
  engine: Engine,
  input: Input,
): Answer<DescribeListenersCommandOutput> {
  const arns = textList(input, 'ListenerArns')
  const of = optionalText(input, 'LoadBalancerArn')
  if (of === undefined && arns.length === 0) {
    throw new AwsError('ValidationError', 'A load balancer ARN or listener ARNs must be specified')
  }
  if (of !== undefined) loadBalancerAt(engine, of)
  const found =
    of === undefined
      ? arns.map((arn) => listenerAt(engine, arn))
      : Object.values(engine.state.listeners).filter(({ loadBalancer }) => loadBalancer === of)
  return { Listeners: found.map((listener) => answer(engine, listener)) }
}

export function deleteListener(engine: Engine, input: Input): object {
  removeListener(engine, listenerAt(engine, text(input, 'ListenerArn')).arn)
  return {}
}

/** @throws ResourceInUse while a service uses one of its rules. */
export function removeListener({ state }: Engine, arn: string): void {
  const rules = Object.values(state.rules).filter(({ listener }) => listener === arn)
  for (const rule of rules) rejectWhileInUse(state, rule)
  for (const rule of rules) delete state.rules[rule.arn]
  delete state.listeners[arn]
}

function answer({ state }: Engine, listener: ListenerRecord): Answer<Listener> {
  const usual = Object.values(state.rules).find(
    (rule) => rule.listener === listener.arn && rule.priority === 'default',
  )
  return {
    ListenerArn: listener.arn,
    LoadBalancerArn: listener.loadBalancer,
    Port: listener.port,
    Protocol: 'HTTP',
    DefaultActions: actionsOf(usual?.forward ?? []),
  }
}
