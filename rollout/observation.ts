/**
 * What AWS answered about one service, in the words of AWS's own fields but with nothing optional
 * left to guess: lists are empty where AWS sends none. Times are milliseconds since the epoch.
 */
export interface Observation {
  readonly observedAt: number
  readonly service: ObservedService
  /**
   * Newest first. `unavailable` where the endpoint has no service-deployment operations or knows
   * none of this service: then only `deployments` and targets can be judged, weaker evidence.
   */
  readonly serviceDeployments: readonly ObservedServiceDeployment[] | 'unavailable'
  /** Running and recently stopped tasks of the service. ECS keeps stopped ones for an hour. */
  readonly tasks: readonly ObservedTask[]
  readonly targets: readonly ObservedTarget[]
}

export interface ObservedService {
  readonly arn: string
  /** `ACTIVE`, `DRAINING`, `INACTIVE`, or `MISSING` where ECS knows no such service. */
  readonly status: string
  readonly desiredCount: number
  readonly runningCount: number
  readonly pendingCount: number
  /** `REPLICA` or `DAEMON`. */
  readonly schedulingStrategy: string
  readonly circuitBreaker: { readonly enable: boolean; readonly rollback: boolean }
  readonly deployments: readonly ObservedDeployment[]
  readonly targetGroupArns: readonly string[]
  /** Newest first. */
  readonly events: readonly { readonly at: number; readonly message: string }[]
}

export interface ObservedDeployment {
  /** `ecs-svc/<number>` */
  readonly id: string
  /** `PRIMARY`, `ACTIVE` or `INACTIVE`. */
  readonly status: string
  readonly taskDefinition: string
  /** `IN_PROGRESS`, `COMPLETED`, `FAILED`, or empty where the deployment controller has none. */
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
  /** Empty when nothing was rolled back. */
  readonly rollbackReason: string
}

export interface ObservedTask {
  readonly arn: string
  readonly taskDefinition: string
  /** The id of the deployment that started it: `ecs-svc/<number>`. */
  readonly startedBy: string
  readonly lastStatus: string
  readonly desiredStatus: string
  readonly createdAt: number
  readonly stoppedAt?: number
  readonly stopCode: string
  readonly stoppedReason: string
  readonly containers: readonly {
    readonly name: string
    /** `sha256:…`, empty until the image is pulled. */
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
