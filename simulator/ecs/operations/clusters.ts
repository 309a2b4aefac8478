import type {
  Cluster,
  CreateClusterCommandOutput,
  DeleteClusterCommandOutput,
  DescribeClustersCommandOutput,
  ListClustersCommandOutput,
} from '@aws-sdk/client-ecs'
import { AwsError } from '../../http/types.ts'
import { ecsArn, nameOf } from '../arns.ts'
import type { Answer, Wire } from '../answers/wire.ts'
import type { Engine } from '../engine.ts'
import { optionalText, textList, type Input } from '../requests/input.ts'
import { clusterOf } from '../requests/lookup.ts'
import { page } from '../requests/paging.ts'
import { countsOf, tasksOf } from '../tasks/state.ts'
import type { ClusterRecord, ServiceRecord } from '../records.ts'
import { tagList } from './tags.ts'

/** Returns the existing cluster if there is one of that name, as ECS does. */
export function createCluster(engine: Engine, input: Input): Answer<CreateClusterCommandOutput> {
  const name = optionalText(input, 'clusterName') ?? 'default'
  if (!/^[\w-]{1,255}$/.test(name)) {
    throw new AwsError('InvalidParameterException', 'Identifier contains invalid characters.')
  }
  const known = engine.state.clusters[name]
  if (known?.status === 'ACTIVE') return { cluster: clusterAnswer(engine, known) }
  const cluster: ClusterRecord = {
    arn: ecsArn(engine, `cluster/${name}`),
    name,
    status: 'ACTIVE',
    tags: tagList(input),
  }
  engine.state.clusters[name] = cluster
  return { cluster: clusterAnswer(engine, cluster) }
}

export function describeClusters(
  engine: Engine,
  input: Input,
): Answer<DescribeClustersCommandOutput> {
  const names = textList(input, 'clusters')
  const requested = names.length > 0 ? names : ['default']
  const tags = textList(input, 'include').includes('TAGS')
  const found = requested.map((name) => engine.state.clusters[nameOf(name)])
  return {
    clusters: found.flatMap((cluster) =>
      cluster === undefined ? [] : [clusterAnswer(engine, cluster, { tags })],
    ),
    failures: requested.flatMap((name, index) =>
      found[index] === undefined
        ? [{ arn: ecsArn(engine, `cluster/${nameOf(name)}`), reason: 'MISSING' }]
        : [],
    ),
  }
}

export function listClusters(engine: Engine, input: Input): Answer<ListClustersCommandOutput> {
  const arns = Object.values(engine.state.clusters)
    .filter(({ status }) => status === 'ACTIVE')
    .map(({ arn }) => arn)
  const { items, nextToken } = page(arns, input)
  return { clusterArns: items, nextToken }
}

/** @throws ClusterContainsServicesException while any of its services is not `INACTIVE`. */
export function deleteCluster(engine: Engine, input: Input): Answer<DeleteClusterCommandOutput> {
  const cluster = clusterOf(engine, input)
  if (servicesIn(engine, cluster).length > 0) {
    throw new AwsError(
      'ClusterContainsServicesException',
      'The Cluster cannot be deleted while Services are active.',
    )
  }
  cluster.status = 'INACTIVE'
  return { cluster: clusterAnswer(engine, cluster) }
}

function servicesIn(engine: Engine, cluster: ClusterRecord): ServiceRecord[] {
  return Object.values(engine.state.services).filter(
    (service) => service.cluster === cluster.name && service.status !== 'INACTIVE',
  )
}

function clusterAnswer(
  engine: Engine,
  cluster: ClusterRecord,
  { tags = false } = {},
): Wire<Cluster> {
  const services = servicesIn(engine, cluster)
  const counts = countsOf(services.flatMap((service) => tasksOf(engine, service)))
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: counts.running,
    pendingTasksCount: counts.pending,
    activeServicesCount: services.filter(({ status }) => status === 'ACTIVE').length,
    statistics: [],
    settings: [],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    tags: tags ? cluster.tags : [],
  }
}
