import type { Gap } from './gap.ts'
import type {
  ObservedLoadBalancer,
  ObservedTarget,
  ObservedTask,
  Observation,
} from './observation.ts'

/**
 * What keeps the load balancers from sending traffic to these tasks and to nothing else: nothing
 * when, for each of them, as many targets as wanted are healthy and none is anything else.
 *
 * A blue/green deployment lives in one of two target groups, and ECS says in which only in the
 * listener; so the two are looked at together. Where tasks have addresses of their own (`awsvpc`)
 * their targets are known by name, and targets that belong to something else, another service in
 * the same group, do not count either way.
 */
export function healthGap(
  { service, targets }: Observation,
  ours: readonly ObservedTask[],
  wanted: number,
): Gap | undefined {
  const addresses = new Set(ours.flatMap((task) => task.addresses))
  const named = ours.length > 0 && ours.every((task) => task.addresses.length > 0)
  const ourTargets = targets.filter(({ id }) => !named || addresses.has(id))
  const unwell = ourTargets.filter((target) => !atEase(target, service.loadBalancers))
  const [first] = unwell
  if (first !== undefined) {
    return { kind: 'targets unhealthy', count: unwell.length, state: first.state }
  }
  for (const balancer of service.loadBalancers) {
    const healthy = ourTargets.filter(
      (target) => target.state === 'healthy' && isOf(target, balancer),
    ).length
    if (healthy < wanted) return { kind: 'targets missing', healthy, wanted }
  }
  return undefined
}

/** Healthy, leaving, or in the group of the colour that takes no traffic. */
function atEase(
  { state, targetGroupArn }: ObservedTarget,
  balancers: readonly ObservedLoadBalancer[],
): boolean {
  if (state === 'healthy' || state === 'draining') return true
  const coloured = balancers.some(
    (one) =>
      one.alternateTargetGroupArn !== '' &&
      [one.targetGroupArn, one.alternateTargetGroupArn].includes(targetGroupArn),
  )
  return state === 'unused' && coloured
}

function isOf({ targetGroupArn }: ObservedTarget, balancer: ObservedLoadBalancer): boolean {
  return (
    targetGroupArn === balancer.targetGroupArn ||
    targetGroupArn === balancer.alternateTargetGroupArn
  )
}
