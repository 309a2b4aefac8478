import type { Service } from '@aws-sdk/client-ecs'
import type {
  ObservedLoadBalancer,
  ObservedService,
  Observation,
} from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { serviceDeployments } from './service-deployments.ts'
import { describeServices } from './services.ts'
import { targetsOf } from './targets.ts'
import { tasksOf } from './tasks.ts'

export interface ObservedServiceId {
  readonly cluster: string
  /** ECS's name of the service. */
  readonly service: string
  /** A service deployment to describe even if it is not among the newest. */
  readonly serviceDeploymentArn?: string | undefined
  readonly abortSignal?: AbortSignal | undefined
}

/**
 * Observes a service once: everything that ECS and the load balancer report about it.
 *
 * Throws the AWS SDK's errors, and `PreconditionFailed` if the cluster does not exist.
 */
export async function observe(clients: AwsClients, id: ObservedServiceId): Promise<Observation> {
  const { cluster, service: name, abortSignal } = id
  const found = await describeServices(clients, cluster, [name], abortSignal)
  const service = observedService(found.get(name))
  if (service.status !== 'ACTIVE') {
    return { ...empty, observedAt: Date.now(), service }
  }
  const which = { cluster, service: name, abortSignal }
  const [records, running, stopped, targets] = await Promise.all([
    serviceDeployments(clients, { ...which, also: id.serviceDeploymentArn }),
    tasksOf(clients, { ...which, desiredStatus: 'RUNNING' }),
    tasksOf(clients, { ...which, desiredStatus: 'STOPPED' }),
    targetsOf(clients, service.targetGroupArns, abortSignal),
  ])
  return {
    observedAt: Date.now(),
    service,
    serviceDeployments: records,
    tasks: [...running, ...stopped],
    targets,
  }
}

const empty = { serviceDeployments: 'unavailable', tasks: [], targets: [] } as const

/** A service as ECS describes it; its status is `MISSING` if ECS does not know it. */
export function observedService(service: Service | undefined): ObservedService {
  const breaker = service?.deploymentConfiguration?.deploymentCircuitBreaker
  const loadBalancers = loadBalancersOf(service)
  return {
    arn: service?.serviceArn ?? '',
    status: service === undefined ? 'MISSING' : (service.status ?? ''),
    desiredCount: service?.desiredCount ?? 0,
    runningCount: service?.runningCount ?? 0,
    pendingCount: service?.pendingCount ?? 0,
    schedulingStrategy: service?.schedulingStrategy ?? 'REPLICA',
    circuitBreaker: { enable: breaker?.enable ?? false, rollback: breaker?.rollback ?? false },
    deployments: (service?.deployments ?? []).map((deployment) => ({
      id: deployment.id ?? '',
      status: deployment.status ?? '',
      taskDefinition: deployment.taskDefinition ?? '',
      rolloutState: deployment.rolloutState ?? '',
      rolloutStateReason: deployment.rolloutStateReason ?? '',
      desiredCount: deployment.desiredCount ?? 0,
      runningCount: deployment.runningCount ?? 0,
      pendingCount: deployment.pendingCount ?? 0,
      failedTasks: deployment.failedTasks ?? 0,
      createdAt: deployment.createdAt?.getTime() ?? 0,
    })),
    strategy: service?.deploymentConfiguration?.strategy ?? 'ROLLING',
    targetGroupArns: loadBalancers.flatMap((one) =>
      [one.targetGroupArn, one.alternateTargetGroupArn].filter((arn) => arn !== ''),
    ),
    loadBalancers,
    lacking: lackingOf(service),
    events: (service?.events ?? []).map((event) => ({
      at: event.createdAt?.getTime() ?? 0,
      message: event.message ?? '',
    })),
  }
}

/** Leaves out Classic Load Balancers: they have no target groups, and only ECS knows their health. */
function loadBalancersOf(service: Service | undefined): ObservedLoadBalancer[] {
  return (service?.loadBalancers ?? []).flatMap(({ targetGroupArn, advancedConfiguration }) =>
    targetGroupArn === undefined
      ? []
      : [
          {
            targetGroupArn,
            alternateTargetGroupArn: advancedConfiguration?.alternateTargetGroupArn ?? '',
          },
        ],
  )
}

/** Fields that ECS left out, and that would otherwise read as 0 or as an empty list. */
function lackingOf(service: Service | undefined): string[] {
  const needed = {
    status: service?.status,
    desiredCount: service?.desiredCount,
    runningCount: service?.runningCount,
    pendingCount: service?.pendingCount,
    deployments: service?.deployments,
  }
  return Object.entries(needed).flatMap(([field, value]) => (value === undefined ? [field] : []))
}
