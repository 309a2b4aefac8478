import type { Engine } from '../engine.ts'
import type { ServiceRecord } from '../records.ts'

/** Percent of traffic for the target groups of a revision; the other target groups get the rest. */
export interface Share {
  readonly production: number
  readonly test: number
}

/**
 * Sets the traffic of a revision's target groups in the listener rules of a service, as ECS does:
 * each rule forwards to both target groups, with weights. Without a rule for it, there is no test
 * traffic.
 */
export function shiftTraffic(
  engine: Engine,
  service: ServiceRecord,
  { alternate = false }: { readonly alternate?: boolean },
  { production, test }: Share,
): void {
  for (const { targetGroupArn = '', advancedConfiguration } of service.loadBalancers) {
    if (advancedConfiguration === undefined) continue
    const { alternateTargetGroupArn = '' } = advancedConfiguration
    const pair = alternate
      ? [alternateTargetGroupArn, targetGroupArn]
      : [targetGroupArn, alternateTargetGroupArn]
    const forward = (share: number) =>
      pair.map((arn, index) => ({ targetGroupArn: arn, weight: weightOf(index, share) }))
    const { productionListenerRule = '', testListenerRule = '' } = advancedConfiguration
    const live = engine.state.rules[productionListenerRule]
    if (live !== undefined) live.forward = forward(production)
    const tested = engine.state.rules[testListenerRule]
    if (tested !== undefined) tested.forward = forward(test)
  }
}

/**
 * Weights are whole numbers up to 999 (ELBv2 API, `TargetGroupTuple`): here, tenths of a percent.
 */
function weightOf(index: number, share: number): number {
  const tenths = Math.round((index === 0 ? share : 100 - share) * 10)
  return tenths === 1000 ? 100 : tenths
}
