import type { Engine } from '../ecs/engine.ts'
import type { Input } from '../ecs/requests/input.ts'
import type { Operations } from '../http/types.ts'
import { createListener, deleteListener, describeListeners } from './listeners.ts'
import { createLoadBalancer, deleteLoadBalancer, describeLoadBalancers } from './load-balancers.ts'
import { createRule, deleteRule, describeRules, modifyRule } from './rules.ts'
import {
  describeTargetGroupAttributes,
  modifyTargetGroupAttributes,
} from './target-group-attributes.ts'
import {
  createTargetGroup,
  deleteTargetGroup,
  describeTargetGroups,
  modifyTargetGroup,
} from './target-groups.ts'
import { describeTargetHealth } from './target-health.ts'

/**
 * The ELBv2 operations that are modelled: target groups with the health of their targets, and as
 * much of load balancers, listeners and rules as a service needs to shift traffic. Each takes the
 * request with its lists as arrays and returns the result in ELBv2's own PascalCase. Numbers and
 * flags may be strings, as the query protocol sends them.
 */
export function elbOperations(engine: Engine): Operations {
  const operations: Record<string, (engine: Engine, input: Input) => unknown> = {
    CreateListener: createListener,
    CreateLoadBalancer: createLoadBalancer,
    CreateRule: createRule,
    CreateTargetGroup: createTargetGroup,
    DeleteListener: deleteListener,
    DeleteLoadBalancer: deleteLoadBalancer,
    DeleteRule: deleteRule,
    DeleteTargetGroup: deleteTargetGroup,
    DescribeListeners: describeListeners,
    DescribeLoadBalancers: describeLoadBalancers,
    DescribeRules: describeRules,
    DescribeTargetGroupAttributes: describeTargetGroupAttributes,
    DescribeTargetGroups: describeTargetGroups,
    DescribeTargetHealth: describeTargetHealth,
    ModifyRule: modifyRule,
    ModifyTargetGroup: modifyTargetGroup,
    ModifyTargetGroupAttributes: modifyTargetGroupAttributes,
  }
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      ({ input }) => operation(engine, input),
    ]),
  )
}
