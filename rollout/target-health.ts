import type { Gap } from './gap.ts'
import type {
  ObservedLoadBalancer,
  ObservedTarget,
  ObservedTask,
  Observation,
} from './observation.ts'
import { targetsAreUnreadable } from './unreadable.ts'

/**
 * What keeps the load balancers from sending traffic to these tasks and to nothing else. Undefined if
 * each of them has as many healthy targets as wanted and no others.
 *
 * A blue/green deployment uses one of two target groups, and only the listener says which; so both
 * count together. Tasks with addresses of their own (`awsvpc`) identify their targets, and then
 * targets of something else, such as another service in the same group, do not count.
 */
export function healthGap(
  observation: Observation,
  ours: readonly ObservedTask[],
  wanted: number,
): Gap | undefined {
  const { service, targets } = observation
  const addresses = new Set(ours.flatMap((task) => task.addresses))
  const haveAddresses = ours.length > 0 && ours.every((task) => task.addresses.length > 0)
  const ourTargets = targets.filter(({ id }) => !haveAddresses || addresses.has(id))
  const unhealthy = ourTargets.filter((target) => !isAcceptable(target, service.loadBalancers))
  const [first] = unhealthy
  if (first !== undefined) {
    return { kind: 'targets unhealthy', count: unhealthy.length, state: first.state }
  }
  for (const balancer of service.loadBalancers) {
    const { targetGroupArn, alternateTargetGroupArn } = balancer
    const groups = [targetGroupArn, alternateTargetGroupArn]
    if (groups.some((arn) => targetsAreUnreadable(observation, arn))) continue
    const healthy = ourTargets.filter(
      (target) => target.state === 'healthy' && isOf(target, balancer),
    ).length
    if (healthy < wanted) return { kind: 'targets missing', healthy, wanted }
  }
  return undefined
}

/** Whether a target is healthy, draining, or in the blue/green target group without traffic. */
function isAcceptable(
  { state, targetGroupArn }: ObservedTarget,
  balancers: readonly ObservedLoadBalancer[],
): boolean {
  if (state === 'healthy' || state === 'draining') return true
  const isBlueGreen = balancers.some(
    (one) =>
      one.alternateTargetGroupArn !== '' &&
      [one.targetGroupArn, one.alternateTargetGroupArn].includes(targetGroupArn),
  )
  return state === 'unused' && isBlueGreen
}

function isOf({ targetGroupArn }: ObservedTarget, balancer: ObservedLoadBalancer): boolean {
  return (
    targetGroupArn === balancer.targetGroupArn ||
    targetGroupArn === balancer.alternateTargetGroupArn
  )
}
