import type {
  Observation,
  ObservedDeployment,
  ObservedServiceDeployment,
} from '../../../rollout/observation.ts'
import type { Expectation } from '../../../rollout/expectation.ts'

/** What was seen of a service as the verdict takes it, with every field given: one of our own runs well. */

export const ours: Expectation = {
  taskDefinition: 'arn:aws:ecs:eu-west-1:1:task-definition/api:8',
  deploymentId: 'ecs-svc/2',
  serviceDeploymentArn: 'sd/2',
  digests: { api: 'sha256:new' },
}
export const old = 'arn:aws:ecs:eu-west-1:1:task-definition/api:7'

export const deployment = (change: Partial<ObservedDeployment> = {}): ObservedDeployment => ({
  id: 'ecs-svc/2',
  status: 'PRIMARY',
  taskDefinition: ours.taskDefinition,
  rolloutState: 'COMPLETED',
  rolloutStateReason: 'ECS deployment ecs-svc/2 completed.',
  desiredCount: 1,
  runningCount: 1,
  pendingCount: 0,
  failedTasks: 0,
  createdAt: 1_000,
  ...change,
})

export const task = (
  change: Partial<Observation['tasks'][number]> = {},
): Observation['tasks'][number] => ({
  arn: 'task/1',
  taskDefinition: ours.taskDefinition,
  startedBy: 'ecs-svc/2',
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  createdAt: 1_000,
  stopCode: '',
  stoppedReason: '',
  addresses: [],
  containers: [{ name: 'api', image: '', imageDigest: 'sha256:new', reason: '' }],
  ...change,
})

export const record = (
  status: string,
  change: Partial<ObservedServiceDeployment> = {},
): ObservedServiceDeployment => ({
  arn: 'sd/2',
  status,
  statusReason: '',
  createdAt: 1_000,
  targetRevisionArn: 'sr/2',
  targetTaskDefinition: ours.taskDefinition,
  targetDigests: {},
  rollbackReason: '',
  rollbackTaskDefinition: '',
  rollbackDigests: {},
  lifecycleStage: '',
  bakeTimeInMinutes: 0,
  hooks: [],
  triggeredAlarms: [],
  ...change,
})

export const healthy = {
  targetGroupArn: 'tg',
  id: '1',
  port: 1,
  state: 'healthy',
  reason: '',
  description: '',
}

export function observation(
  change: Partial<Omit<Observation, 'service'>> & {
    service?: Partial<Observation['service']>
  } = {},
): Observation {
  const { service, ...rest } = change
  return {
    observedAt: 5_000,
    serviceDeployments: [record('SUCCESSFUL')],
    tasks: [task()],
    targets: [healthy],
    ...rest,
    service: {
      arn: 'service/api',
      status: 'ACTIVE',
      desiredCount: 1,
      runningCount: 1,
      pendingCount: 0,
      schedulingStrategy: 'REPLICA',
      circuitBreaker: { enable: true, rollback: true },
      deployments: [deployment()],
      strategy: 'ROLLING',
      targetGroupArns: ['tg'],
      loadBalancers: [{ targetGroupArn: 'tg', alternateTargetGroupArn: '' }],
      lacking: [],
      events: [],
      ...service,
    },
  }
}

export const rolledBackTo = deployment({
  id: 'ecs-svc/3',
  taskDefinition: old,
  rolloutStateReason: 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.',
})
export const oldTask = task({
  startedBy: 'ecs-svc/3',
  taskDefinition: old,
  containers: [{ name: 'api', image: '', imageDigest: 'sha256:old', reason: '' }],
})
export const failed = deployment({
  status: 'ACTIVE',
  rolloutState: 'FAILED',
  rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
  runningCount: 0,
})
