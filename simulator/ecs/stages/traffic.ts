import type { Engine } from '../engine.ts'
import type { ServiceRecord } from '../records.ts'

/** Percent of the traffic for the target groups that a revision uses; the other ones get the rest. */
export interface Share {
  readonly production: number
  readonly test: number
}

/**
 * Writes into the listener rules of a service how much traffic the target groups of a revision
 * get, as ECS does: a forward to both groups, with weights. Without a rule for test traffic there
 * is none.
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

/** Weights are whole numbers up to 999 (ELBv2 API, `TargetGroupTuple`): here, tenths of a percent. */
function weightOf(index: number, share: number): number {
  const tenths = Math.round((index === 0 ? share : 100 - share) * 10)
  return tenths === 1000 ? 100 : tenths
}
