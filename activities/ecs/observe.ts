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

export interface ObserveWhat {
  readonly cluster: string
  /** What ECS calls the service. */
  readonly service: string
  /** A service deployment to look up even if it is not among the newest. */
  readonly serviceDeploymentArn?: string | undefined
  readonly abortSignal?: AbortSignal | undefined
}

/**
 * One look at a service: all that ECS and the load balancer say about it, in their own words.
 *
 * Throws the AWS SDK's errors, and `PreconditionFailed` where the cluster is gone.
 */
export async function observe(clients: AwsClients, what: ObserveWhat): Promise<Observation> {
  const { cluster, service: name, abortSignal } = what
  const found = await describeServices(clients, cluster, [name], abortSignal)
  const service = observedService(found.get(name))
  if (service.status !== 'ACTIVE') {
    return { ...empty, observedAt: Date.now(), service }
  }
  const which = { cluster, service: name, abortSignal }
  const [records, running, stopped, targets] = await Promise.all([
    serviceDeployments(clients, { ...which, also: what.serviceDeploymentArn }),
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

/** A service as ECS describes it; `MISSING` where it does not. */
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

/** Classic load balancers have no target groups: ECS alone knows of their health. */
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

/** Numbers that would count as 0 where they are missing, and lists that would count as empty. */
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
