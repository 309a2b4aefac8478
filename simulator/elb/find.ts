import type { Engine } from '../ecs/engine.ts'
import { AwsError } from '../http/types.ts'
import type {
  ListenerRecord,
  LoadBalancerRecord,
  RuleRecord,
  TargetGroupRecord,
} from './records.ts'

/** @throws LoadBalancerNotFound with ELBv2's message. */
export function loadBalancerAt(engine: Engine, arn: string): LoadBalancerRecord {
  const balancer = engine.state.loadBalancers[arn]
  if (balancer === undefined) {
    throw new AwsError('LoadBalancerNotFound', `Load balancers '[${arn}]' not found`)
  }
  return balancer
}

/** @throws ListenerNotFound with ELBv2's message. */
export function listenerAt(engine: Engine, arn: string): ListenerRecord {
  const listener = engine.state.listeners[arn]
  if (listener === undefined)
    throw new AwsError('ListenerNotFound', 'One or more listeners not found')
  return listener
}

/** @throws RuleNotFound with ELBv2's message. */
export function ruleAt(engine: Engine, arn: string): RuleRecord {
  const rule = engine.state.rules[arn]
  if (rule === undefined) throw new AwsError('RuleNotFound', 'One or more rules not found')
  return rule
}

/** @throws TargetGroupNotFound with ELBv2's message. */
export function targetGroupAt(engine: Engine, arn: string): TargetGroupRecord {
  const group = engine.state.targetGroups[arn]
  if (group === undefined) {
    throw new AwsError('TargetGroupNotFound', `Target groups '${arn}' not found`)
  }
  return group
}
