/**
 * What AWS answered about one service, under AWS's own field names, with defaults for what AWS leaves
 * out: lists are empty if AWS sends none. Times are milliseconds since the epoch.
 */
export interface Observation {
  readonly observedAt: number
  readonly service: ObservedService
  /**
   * Newest first. `unavailable` if the endpoint lacks the operations or has none of this service: then
   * only `deployments` and targets can be judged, which is weaker evidence.
   */
  readonly serviceDeployments: readonly ObservedServiceDeployment[] | 'unavailable'
  /** Running and recently stopped tasks of the service. ECS keeps stopped ones for an hour. */
  readonly tasks: readonly ObservedTask[]
  readonly targets: readonly ObservedTarget[]
  /**
   * What could not be read, and is empty for that reason. Only an observation for a rollback has it:
   * anywhere else, nothing counts as proven without all of the evidence.
   */
  readonly unreadable?: readonly Unreadable[]
}

/** Evidence that AWS does not give to the worker: it is gone, denied or refused. */
export type Unreadable =
  | { readonly what: 'tasks'; readonly reason: string }
  | { readonly what: 'targets'; readonly targetGroupArn: string; readonly reason: string }

export interface ObservedService {
  readonly arn: string
  /** `ACTIVE`, `DRAINING`, `INACTIVE`, or `MISSING` if ECS knows no such service. */
  readonly status: string
  readonly desiredCount: number
  readonly runningCount: number
  readonly pendingCount: number
  /** `REPLICA` or `DAEMON`. */
  readonly schedulingStrategy: string
  readonly circuitBreaker: { readonly enable: boolean; readonly rollback: boolean }
  /** `ROLLING`, `BLUE_GREEN`, `LINEAR` or `CANARY`. */
  readonly strategy: string
  readonly deployments: readonly ObservedDeployment[]
  /** Of every load balancer, including the alternate target groups of blue/green. */
  readonly targetGroupArns: readonly string[]
  /** One for each target group that a rolling deployment would use. */
  readonly loadBalancers: readonly ObservedLoadBalancer[]
  /** Fields that a verdict needs and AWS left out of its answer: then nothing can succeed. */
  readonly lacking: readonly string[]
  /** Newest first. */
  readonly events: readonly { readonly at: number; readonly message: string }[]
}

export interface ObservedLoadBalancer {
  readonly targetGroupArn: string
  /**
   * Blue/green, linear and canary deployments move between the two. Empty if there is only one
   * (ECS API reference, `AdvancedConfiguration`).
   */
  readonly alternateTargetGroupArn: string
}

export interface ObservedDeployment {
  /** `ecs-svc/<number>` */
  readonly id: string
  /** `PRIMARY`, `ACTIVE` or `INACTIVE`. */
  readonly status: string
  readonly taskDefinition: string
  /** `IN_PROGRESS`, `COMPLETED`, `FAILED`, or empty if the deployment controller has none. */
  readonly rolloutState: string
  readonly rolloutStateReason: string
  readonly desiredCount: number
  readonly runningCount: number
  readonly pendingCount: number
  readonly failedTasks: number
  readonly createdAt: number
}

export interface ObservedServiceDeployment {
  readonly arn: string
  /** `PENDING`, `IN_PROGRESS`, `SUCCESSFUL`, `STOPPED`, `STOP_REQUESTED`, `ROLLBACK_*`. */
  readonly status: string
  readonly statusReason: string
  readonly createdAt: number
  readonly targetRevisionArn: string
  /** The task definition of the target service revision, from `DescribeServiceRevisions`. */
  readonly targetTaskDefinition: string
  /** Container name → digest that ECS resolved when it made the target service revision. */
  readonly targetDigests: Readonly<Record<string, string>>
  /** Empty if nothing was rolled back. */
  readonly rollbackReason: string
  /** What ECS rolls or has rolled back to; empty if it rolled nothing back, or does not say. */
  readonly rollbackTaskDefinition: string
  readonly rollbackDigests: Readonly<Record<string, string>>
  /** Counts of the circuit breaker; absent if the endpoint does not give them. */
  readonly breaker?: { readonly failed: number; readonly threshold: number }
  /** When it ended, successful or not; absent until then. */
  readonly finishedAt?: number
  /** `SCALE_UP`, `BAKE_TIME`, …; empty for a rolling deployment. */
  readonly lifecycleStage: string
  /** How long it bakes after the traffic has shifted, in minutes; 0 if it does not. */
  readonly bakeTimeInMinutes: number
  /** Of its current stage. */
  readonly hooks: readonly ObservedHook[]
  /** Percent of production traffic that goes to the target revision; absent if ECS shifts none. */
  readonly targetTraffic?: number
  /** Names of the CloudWatch alarms that triggered while it was under way. */
  readonly triggeredAlarms: readonly string[]
  /**
   * `SUCCESSFUL` comes only once the tasks of other deployments have drained and stopped, as in a
   * rolling deployment without `earlySuccessCriteria`. Absent if not so, or unknown.
   */
  readonly endsDrained?: true
  /** Tasks of the target revision; absent if the endpoint does not count them. */
  readonly targetTasks?: {
    readonly requested: number
    readonly running: number
    readonly pending: number
  }
}

/** A lifecycle hook of a service deployment. */
export interface ObservedHook {
  readonly id: string
  /** `AWS_LAMBDA`, or `PAUSE`, which waits for a person. */
  readonly type: string
  /** Name of its Lambda function; empty for other types. */
  readonly target: string
  /** `AWAITING_ACTION`, `IN_PROGRESS`, `SUCCEEDED`, `FAILED` or `TIMED_OUT`. */
  readonly status: string
  readonly expiresAt?: number
  /** What ECS does when it expires: `CONTINUE` or `ROLLBACK`. */
  readonly timeoutAction: string
}

export interface ObservedTask {
  readonly arn: string
  readonly taskDefinition: string
  /** The id of the deployment that started it: `ecs-svc/<number>`. */
  readonly startedBy: string
  readonly lastStatus: string
  readonly desiredStatus: string
  readonly createdAt: number
  /** When it began to run; absent if it never did. */
  readonly startedAt?: number
  readonly stoppedAt?: number
  readonly stopCode: string
  readonly stoppedReason: string
  /** Addresses of its own network interface, which are its target ids; empty in bridge mode. */
  readonly addresses: readonly string[]
  readonly containers: readonly {
    readonly name: string
    /** As in the task definition; empty if ECS does not say. */
    readonly image: string
    /** `sha256:…`; empty until the image is pulled, and on platforms that do not report it. */
    readonly imageDigest: string
    readonly exitCode?: number
    readonly reason: string
  }[]
}

export interface ObservedTarget {
  readonly targetGroupArn: string
  readonly id: string
  readonly port: number
  /** `initial`, `healthy`, `unhealthy`, `unused`, `draining` or `unavailable`. */
  readonly state: string
  readonly reason: string
  readonly description: string
}

/** The deployment that ECS is moving the service to, or has moved it to. */
export function primaryOf({
  service,
}: {
  readonly service: Pick<ObservedService, 'deployments'>
}): ObservedDeployment | undefined {
  return service.deployments.find(({ status }) => status === 'PRIMARY')
}
