import type { ObservedTarget } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { targetsOf } from '../ecs/targets.ts'
import type { RateLimiter, When } from './rate-limiter.ts'
import { createBatcher } from './batcher.ts'

/** The health of the targets in target groups; a call takes one group. */
export type TargetHealth = (
  groupArns: readonly string[],
  when: When,
) => Promise<readonly ObservedTarget[]>

export function createTargetHealth(clients: AwsClients, gate: RateLimiter): TargetHealth {
  const lane = createBatcher<readonly ObservedTarget[]>({
    gate,
    batch: () => 1,
    async send([group = ''], signal) {
      const targets = await targetsOf(clients, [group], signal)
      return () => targets
    },
  })
  return async (groupArns, when) => {
    const groups = await Promise.all(groupArns.map((arn) => lane.ask(arn, when)))
    return groups.flat()
  }
}
