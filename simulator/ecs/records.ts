import type {
  CapacityProviderStrategyItem,
  ContainerDefinition,
  DeploymentConfiguration,
  LoadBalancer,
  NetworkConfiguration,
  ServiceDeploymentStatus,
  Tag,
  TaskDefinition,
  TaskStopCode,
} from '@aws-sdk/client-ecs'
import type { StagedRecord } from './stages/records.ts'

export interface ClusterRecord {
  readonly arn: string
  readonly name: string
  status: 'ACTIVE' | 'INACTIVE'
  tags: Tag[]
}

export interface TaskDefinitionRecord {
  readonly arn: string
  readonly family: string
  readonly revision: number
  status: 'ACTIVE' | 'INACTIVE'
  readonly registeredAt: number
  deregisteredAt?: number
  readonly containers: readonly ContainerDefinition[]
  /** Every other field of `RegisterTaskDefinition`, as it came. */
  readonly rest: Omit<
    TaskDefinition,
    'containerDefinitions' | 'registeredAt' | 'deregisteredAt' | 'deleteRequestedAt'
  >
  tags: Tag[]
}

/** The settings whose change starts a new deployment. */
export interface ServiceSettings {
  taskDefinition: string
  loadBalancers: LoadBalancer[]
  launchType: 'EC2' | 'FARGATE' | 'EXTERNAL'
  platformVersion?: string
  networkConfiguration?: NetworkConfiguration
  capacityProviderStrategy?: CapacityProviderStrategyItem[]
}

export interface ServiceRecord extends ServiceSettings {
  readonly arn: string
  readonly name: string
  readonly cluster: string
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  /** Of a daemon: the number of container instances. */
  desiredCount: number
  /** One task on each container instance. Default: as many as the desired count. */
  readonly daemon?: true
  deploymentConfiguration: DeploymentConfiguration
  healthCheckGracePeriodSeconds: number
  enableExecuteCommand: boolean
  enableECSManagedTags: boolean
  propagateTags: 'NONE' | 'SERVICE' | 'TASK_DEFINITION'
  readonly createdAt: number
  tags: Tag[]
  /**
   * Newest first; the first is PRIMARY. A deployment that is neither PRIMARY nor has tasks is
   * removed.
   */
  deployments: DeploymentRecord[]
  /** Newest first, at most 100. */
  events: EventRecord[]
  /** Ids of the tasks that ECS still lists, oldest first. */
  tasks: string[]
  /**
   * The rollback target: the newest completed deployment, unless a rollback to it was started
   * since.
   */
  lastCompleted?: { readonly deploymentId: string; readonly revision: string }
  /** An event has reported a steady state, and nothing has changed since. */
  steady: boolean
  /** The deployment of which an event has reported that it can neither stop nor start tasks. */
  deadlocked?: string
  /** No task starts before this time, because of the pause after a failure. */
  pausedUntil: number
}

export interface EventRecord {
  readonly id: string
  readonly createdAt: number
  readonly message: string
}

export interface DeploymentRecord {
  /** `ecs-svc/<number>` */
  readonly id: string
  status: 'PRIMARY' | 'ACTIVE'
  readonly taskDefinition: string
  readonly revision: string
  readonly serviceDeployment: string
  /** `rollback`: ECS started it to roll back. */
  readonly kind: 'forward' | 'rollback'
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'
  rolloutStateReason: string
  /** Tasks that failed since one was last healthy. */
  failedTasks: number
  /** Failures towards the circuit breaker's threshold. */
  breakerCount: number
  /** Whether it starts no more tasks. */
  halted: boolean
  /** Since when all its tasks are as desired. */
  readySince?: number
  readonly createdAt: number
  updatedAt: number
}

export interface ServiceDeploymentRecord {
  readonly arn: string
  readonly service: string
  readonly cluster: string
  readonly createdAt: number
  startedAt?: number
  finishedAt?: number
  stoppedAt?: number
  updatedAt: number
  status: ServiceDeploymentStatus
  statusReason?: string
  readonly targetRevision: string
  readonly sourceRevisions: { arn: string; requested: number; running: number; pending: number }[]
  /** The target revision's tasks when the deployment ended; until then they are counted live. */
  ended?: { requested: number; running: number; pending: number }
  readonly deploymentConfiguration: DeploymentConfiguration
  rollback?: { reason: string; startedAt: number; revision: string }
  /** Only for a blue/green, linear or canary deployment. */
  staged?: StagedRecord
  breaker: {
    status: 'DISABLED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'TRIGGERED'
    failureCount: number
    threshold: number
  }
  alarms: {
    status: 'DISABLED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'TRIGGERED'
    readonly alarmNames: string[]
    triggeredAlarmNames: string[]
  }
}

export interface RevisionRecord extends ServiceSettings {
  /** Its tasks are registered in the alternate target groups of the load balancers. */
  readonly alternate?: true
  readonly arn: string
  readonly service: string
  readonly cluster: string
  readonly createdAt: number
  /** Container name → the digest of its tag when a task of this revision first pulled it. */
  digests: Record<string, string>
}

export interface TaskRecord {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly arn: string
  readonly cluster: string
  readonly service: string
  readonly deployment: string
  readonly revision: string
  readonly taskDefinition: string
  lastStatus: 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPING' | 'STOPPED'
  desiredStatus: 'RUNNING' | 'STOPPED'
  readonly createdAt: number
  /** When the runtime is asked to start it. */
  readonly launchAt: number
  pullStartedAt?: number
  pullStoppedAt?: number
  startedAt?: number
  stoppingAt?: number
  stoppedAt?: number
  stopCode?: TaskStopCode
  stoppedReason?: string
  /** Container port → port on 127.0.0.1. */
  ports: Record<number, number>
  containers: TaskContainerRecord[]
  /** It has been healthy, so its end no longer counts as a failure of its deployment. */
  proven: boolean
  /** Its connections drain until then; its containers are stopped afterwards. */
  drainUntil?: number
}

export interface TaskContainerRecord {
  readonly name: string
  readonly image: string
  readonly essential: boolean
  imageDigest?: string
  exitCode?: number
  reason?: string
  /** Of its own health check, if it has one and runs. */
  health?: {
    status: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'
    /** Consecutive failures. */
    failures: number
    nextCheckAt: number
  }
}
