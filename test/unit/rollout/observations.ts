import { observedService } from '../../../activities/ecs/observe.ts'
import { observedRecord } from '../../../activities/ecs/service-deployments.ts'
import type {
  Observation,
  ObservedServiceDeployment,
  ObservedTask,
} from '../../../rollout/observation.ts'
import type { Expectation } from '../../../rollout/expectation.ts'

/**
 * Observations of a service whose one task runs our revision and is healthy. The code that reads AWS's
 * answers makes them, so a field that a test leaves out is read as if AWS had left it out.
 */

export const oldRevision = 'arn:aws:ecs:eu-west-1:1:task-definition/api:7'

export const ours: Expectation = {
  taskDefinition: 'arn:aws:ecs:eu-west-1:1:task-definition/api:8',
  deploymentId: 'ecs-svc/2',
  serviceDeploymentArn: 'sd/2',
  digests: { api: 'sha256:new' },
}

const deployment = {
  id: 'ecs-svc/2',
  status: 'PRIMARY',
  taskDefinition: ours.taskDefinition,
  rolloutState: 'COMPLETED' as const,
  desiredCount: 1,
  runningCount: 1,
  pendingCount: 0,
  createdAt: new Date(1_000),
}

export function deploymentWith(changes: object = {}): object {
  return { ...deployment, ...changes }
}

export function taskWith(changes: Partial<ObservedTask> = {}): ObservedTask {
  return {
    arn: 'arn:aws:ecs:eu-west-1:1:task/mailman/t1',
    taskDefinition: ours.taskDefinition,
    startedBy: 'ecs-svc/2',
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    createdAt: 1_000,
    stopCode: '',
    stoppedReason: '',
    addresses: [],
    containers: [{ name: 'api', image: '', imageDigest: 'sha256:new', reason: '' }],
    ...changes,
  }
}

/** A task of ours that crashed. */
export function crashedTask(changes: Partial<ObservedTask> = {}): ObservedTask {
  return taskWith({
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'api', image: '', imageDigest: '', exitCode: 1, reason: '' }],
    ...changes,
  })
}

/** @param changes in the fields of `DescribeServiceDeployments` */
export function recordWith(changes: object = {}): ObservedServiceDeployment {
  return {
    ...observedRecord(
      { serviceDeploymentArn: 'sd/2', createdAt: new Date(1_000), ...changes },
      new Map(),
    ),
    targetTaskDefinition: ours.taskDefinition,
  }
}

/** A healthy service with one task of ours. `service` has the fields of `DescribeServices`. */
export function observationWith({
  service,
  ...changes
}: Partial<Omit<Observation, 'service'>> & { readonly service?: object } = {}): Observation {
  return {
    observedAt: 5_000,
    serviceDeployments: [recordWith({ status: 'SUCCESSFUL' })],
    tasks: [taskWith()],
    targets: [],
    ...changes,
    service: observedService({
      serviceName: 'api',
      status: 'ACTIVE',
      desiredCount: 1,
      runningCount: 1,
      pendingCount: 0,
      deployments: [deployment],
      ...service,
    }),
  }
}

/** A target as the load balancer describes it. */
export function targetWith(state: string, changes: Partial<Observation['targets'][number]> = {}) {
  return {
    targetGroupArn: 'blue',
    id: '10.0.0.1',
    port: 80,
    state,
    reason: '',
    description: '',
    ...changes,
  }
}

/** The fields in `DescribeServices` of a service with a load balancer and a circuit breaker. */
const balanced = {
  schedulingStrategy: 'REPLICA',
  loadBalancers: [{ targetGroupArn: 'blue' }],
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
} as const

/** As {@link observationWith}, behind a load balancer whose one target is healthy. */
export function balancedObservation({
  service,
  ...changes
}: Parameters<typeof observationWith>[0] = {}): Observation {
  return observationWith({
    targets: [targetWith('healthy')],
    ...changes,
    service: { ...balanced, ...service },
  })
}

/** The deployment to which ECS has rolled back. */
export const rolledBackTo = deploymentWith({
  id: 'ecs-svc/3',
  taskDefinition: oldRevision,
  rolloutStateReason: 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.',
})

/** A task of {@link rolledBackTo}. */
export const oldTask = taskWith({
  startedBy: 'ecs-svc/3',
  taskDefinition: oldRevision,
  containers: [{ name: 'api', image: '', imageDigest: 'sha256:old', reason: '' }],
})

/** Our deployment after the circuit breaker has stopped it. */
export const failedDeployment = deploymentWith({
  status: 'ACTIVE',
  rolloutState: 'FAILED',
  rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
  runningCount: 0,
})
