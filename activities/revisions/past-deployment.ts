import type { EnvironmentSpec, ServiceSpec } from '../../contract/environment-spec.ts'
import { hasFailed, isCompleted } from '../../rollout/deployment-state.ts'
import type { Observation } from '../../rollout/observation.ts'
import { isUnderWay } from '../../rollout/service-deployment-status.ts'
import type { AwsClients } from '../aws/clients.ts'
import { observedService } from '../ecs/observe.ts'
import { serviceDeployments } from '../ecs/service-deployments.ts'
import { describeServices } from '../ecs/services.ts'
import type { DescribedTaskDefinition } from '../ecs/task-definitions.ts'

/** How the newest deployment of a revision ended. */
export type PastDeployment = 'in progress' | 'succeeded' | 'failed'

/** The deployments of a service that ECS still knows. */
export interface PastDeployments extends Pick<Observation, 'serviceDeployments'> {
  readonly deployments: Observation['service']['deployments']
}

export async function pastDeployments(
  clients: AwsClients,
  { spec, service }: { readonly spec: EnvironmentSpec; readonly service: ServiceSpec },
): Promise<PastDeployments> {
  const { cluster } = spec
  const [found, records] = await Promise.all([
    describeServices(clients, cluster, [service.ecsService]),
    serviceDeployments(clients, { cluster, service: service.ecsService }),
  ])
  const { deployments } = observedService(found.get(service.ecsService))
  return { deployments, serviceDeployments: records }
}

/** Undefined if ECS knows none; see {@link isCovered} for whether that proves anything. */
export function pastDeploymentOf(
  past: PastDeployments,
  { arn }: Pick<DescribedTaskDefinition, 'arn'>,
): PastDeployment | undefined {
  const records = past.serviceDeployments === 'unavailable' ? [] : past.serviceDeployments
  const record = records.find(({ targetTaskDefinition }) => targetTaskDefinition === arn)
  if (record !== undefined) {
    if (isUnderWay(record)) return 'in progress'
    return record.status === 'SUCCESSFUL' ? 'succeeded' : 'failed'
  }
  const deployment = past.deployments.find(({ taskDefinition }) => taskDefinition === arn)
  if (deployment === undefined) return undefined
  if (hasFailed(past, deployment)) return 'failed'
  return isCompleted(deployment) ? 'succeeded' : 'in progress'
}

/**
 * Whether the records reach back to when a revision was registered, so that one without a record was
 * not deployed. ECS keeps them for 90 days, and the newest 20 are read.
 */
export function isCovered(
  { serviceDeployments: records }: PastDeployments,
  { definition: { registeredAt } }: Pick<DescribedTaskDefinition, 'definition'>,
): boolean {
  const oldest = records === 'unavailable' ? undefined : records.at(-1)
  return (
    oldest !== undefined && registeredAt !== undefined && oldest.createdAt <= registeredAt.getTime()
  )
}
