import type { Limit } from './bucket.ts'

/**
 * The throttle buckets of the operations that the poller uses, for each account and region.
 *
 * ECS: "Request throttling for the Amazon ECS API" in its API reference. Load balancers: "Request
 * throttling for the ELB API" in their user guide; its bucket serves all non-mutating operations.
 */
export const limits = {
  /** DescribeServices, ListServices */
  services: { burst: 100, perSecond: 20 },
  /** DescribeServiceDeployments, ListServiceDeployments, DescribeServiceRevisions */
  deployments: { burst: 50, perSecond: 20 },
  /** DescribeTasks, ListTasks */
  tasks: { burst: 100, perSecond: 20 },
  /** DescribeTargetHealth */
  targets: { burst: 40, perSecond: 10 },
} as const satisfies Record<string, Limit>

export type LimitName = keyof typeof limits

/** The rest is left to others in the account: consoles, pipelines, autoscalers. */
export const defaultShare = 0.8
