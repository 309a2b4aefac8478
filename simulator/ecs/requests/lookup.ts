import { AwsError } from '../../http/types.ts'
import { ecsArn, nameOf } from '../arns.ts'
import type { Engine } from '../engine.ts'
import { optionalText, text, type Input } from './input.ts'
import type { ClusterRecord, ServiceRecord, TaskDefinitionRecord } from '../records.ts'

/**
 * The cluster of a request, by name or ARN. Without one it is `default`.
 *
 * @throws ClusterNotFoundException
 */
export function clusterOf(engine: Engine, input: Input): ClusterRecord {
  const cluster = engine.state.clusters[nameOf(optionalText(input, 'cluster') ?? 'default')]
  if (cluster?.status !== 'ACTIVE') {
    throw new AwsError('ClusterNotFoundException', 'Cluster not found.')
  }
  return cluster
}

export function serviceArn(engine: Engine, cluster: string, nameOrArn: string): string {
  return ecsArn(engine, `service/${cluster}/${nameOf(nameOrArn)}`)
}

/**
 * The service in a request's `field`, by name or ARN, in the request's cluster.
 *
 * @throws ClusterNotFoundException, ServiceNotFoundException
 */
export function serviceOf(engine: Engine, input: Input, field = 'service'): ServiceRecord {
  const cluster = clusterOf(engine, input)
  const service = engine.state.services[serviceArn(engine, cluster.name, text(input, field))]
  if (service === undefined) {
    throw new AwsError('ServiceNotFoundException', 'Service not found.')
  }
  return service
}

/** By `family`, `family:revision` or ARN. `family` alone means its newest ACTIVE revision. */
export function findTaskDefinition(
  engine: Engine,
  reference: string,
): TaskDefinitionRecord | undefined {
  const [family = '', revision] = nameOf(reference).split(':')
  const known = engine.state.taskDefinitions[family] ?? []
  return revision === undefined
    ? known.findLast(({ status }) => status === 'ACTIVE')
    : known.find((definition) => definition.revision === Number(revision))
}

/**
 * A task definition that a service can use.
 *
 * @throws ClientException if it is unknown or deregistered.
 */
export function usableTaskDefinition(engine: Engine, reference: string): TaskDefinitionRecord {
  const definition = findTaskDefinition(engine, reference)
  if (definition === undefined) throw new AwsError('ClientException', 'TaskDefinition not found.')
  if (definition.status !== 'ACTIVE') {
    throw new AwsError('ClientException', 'TaskDefinition is inactive')
  }
  return definition
}
