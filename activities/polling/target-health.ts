import type { ObservedTarget } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { targetsOf } from '../ecs/targets.ts'
import { createBatcher } from './batcher.ts'
import type { RateLimiter, RequestTiming } from './rate-limiter.ts'

/** The health of the targets in target groups; one call for each group. */
export type TargetHealth = (
  groupArns: readonly string[],
  timing: RequestTiming,
) => Promise<readonly ObservedTarget[]>

export function createTargetHealth(clients: AwsClients, limiter: RateLimiter): TargetHealth {
  const batcher = createBatcher<readonly ObservedTarget[]>({
    limiter,
    batchSize: () => 1,
    async send([group = ''], signal) {
      const targets = await targetsOf(clients, [group], signal)
      return () => targets
    },
  })
  return async (groupArns, timing) => {
    const groups = await Promise.all(groupArns.map((arn) => batcher.request(arn, timing)))
    return groups.flat()
  }
}
