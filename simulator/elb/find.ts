import type { Engine } from '../ecs/engine.ts'
import { AwsError } from '../http/types.ts'
import type {
  ListenerRecord,
  LoadBalancerRecord,
  RuleRecord,
  TargetGroupRecord,
} from './records.ts'

/** @throws LoadBalancerNotFound (in ELBv2's words) */
export function loadBalancerAt(engine: Engine, arn: string): LoadBalancerRecord {
  const balancer = engine.state.loadBalancers[arn]
  if (balancer === undefined) {
    throw new AwsError('LoadBalancerNotFound', `Load balancers '[${arn}]' not found`)
  }
  return balancer
}

/** @throws ListenerNotFound (in ELBv2's words) */
export function listenerAt(engine: Engine, arn: string): ListenerRecord {
  const listener = engine.state.listeners[arn]
  if (listener === undefined)
    throw new AwsError('ListenerNotFound', 'One or more listeners not found')
  return listener
}

/** @throws RuleNotFound (in ELBv2's words) */
export function ruleAt(engine: Engine, arn: string): RuleRecord {
  const rule = engine.state.rules[arn]
  if (rule === undefined) throw new AwsError('RuleNotFound', 'One or more rules not found')
  return rule
}

/** @throws TargetGroupNotFound (in ELBv2's words) where there is none with this ARN. */
export function targetGroupAt(engine: Engine, arn: string): TargetGroupRecord {
  const group = engine.state.targetGroups[arn]
  if (group === undefined) {
    throw new AwsError('TargetGroupNotFound', `Target groups '${arn}' not found`)
  }
  return group
}
