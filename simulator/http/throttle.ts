import type { Clock } from '../runtime/types.ts'
import { AwsError } from './types.ts'

/** Operations that share a throttle bucket of an account in a region. */
interface Bucket {
  readonly operations: RegExp
  /** Calls at once, with a full bucket. */
  readonly burst: number
  /** Calls a second, sustained. */
  readonly perSecond: number
}

/**
 * From "Request throttling for the Amazon ECS API" (ECS API reference) and "Request throttling for
 * the ELB API" (its user guide), for the operations that are modelled here.
 */
const buckets: readonly Bucket[] = [
  { operations: /^ECS:(DescribeServices|ListServices)$/, burst: 100, perSecond: 20 },
  { operations: /^ECS:(Create|Update|Delete)Service$/, burst: 50, perSecond: 5 },
  { operations: /^ECS:(Register|Deregister)TaskDefinition$/, burst: 20, perSecond: 1 },
  { operations: /^ECS:(Describe|List)TaskDefinitions?$/, burst: 50, perSecond: 20 },
  {
    operations: /^ECS:((Describe|List)ServiceDeployments|DescribeServiceRevisions)$/,
    burst: 50,
    perSecond: 20,
  },
  { operations: /^ECS:(Run|Stop)Task$/, burst: 100, perSecond: 40 },
  { operations: /^ECS:(Describe|List)Tasks$/, burst: 100, perSecond: 20 },
  { operations: /^ELBv2:Describe/, burst: 40, perSecond: 10 },
]

export interface Throttle {
  /**
   * Counts a call.
   *
   * @throws AwsError `ThrottlingException: Rate exceeded`, 400, if its bucket is empty
   */
  take(service: string, operation: string): void
  /** How many calls were throttled so far, by `service:operation`. */
  throttled(): Readonly<Record<string, number>>
}

/** `aws`: AWS's own buckets. `off`: no call is throttled. */
export type ThrottleKind = 'aws' | 'off'

export function createThrottle(kind: ThrottleKind, clock: Clock): Throttle {
  const levels = new Map<Bucket, { tokens: number; at: number }>()
  const throttled = new Map<string, number>()

  function takeFrom(bucket: Bucket): boolean {
    const now = clock.now()
    const { tokens, at } = levels.get(bucket) ?? { tokens: bucket.burst, at: now }
    const level = Math.min(bucket.burst, tokens + ((now - at) / 1_000) * bucket.perSecond)
    const enough = level >= 1
    levels.set(bucket, { tokens: enough ? level - 1 : level, at: now })
    return enough
  }

  return {
    take(service, operation) {
      if (kind === 'off') return
      const name = `${service}:${operation}`
      const bucket = buckets.find(({ operations }) => operations.test(name))
      if (bucket === undefined || takeFrom(bucket)) return
      throttled.set(name, (throttled.get(name) ?? 0) + 1)
      throw new AwsError('ThrottlingException', 'Rate exceeded')
    },
    throttled: () => Object.fromEntries([...throttled].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}
