import type { Service } from '@aws-sdk/client-ecs'
import type { AwsClients } from '../aws/clients.ts'
import { describeServices, servicesPerCall } from '../ecs/services.ts'
import { createBatcher, type Batcher } from './batcher.ts'
import { createClusterTasks, type ClusterTasks } from './cluster-tasks.ts'
import type { RateLimiter } from './rate-limiter.ts'

/** The operations whose calls are limited to one cluster. */
export interface Cluster {
  readonly services: Batcher<Service | undefined>
  readonly tasks: ClusterTasks
}

/** Creates the batchers of a cluster when that cluster is first used. */
export function createClusters(
  clients: AwsClients,
  limiters: { readonly services: RateLimiter; readonly tasks: RateLimiter },
): (name: string) => Cluster {
  const clusters = new Map<string, Cluster>()
  return (name) => {
    const existing = clusters.get(name)
    if (existing !== undefined) return existing
    const cluster: Cluster = {
      services: createBatcher<Service | undefined>({
        limiter: limiters.services,
        batchSize: () => servicesPerCall,
        async send(names, signal) {
          const services = await describeServices(clients, name, names, signal)
          return (service) => services.get(service)
        },
      }),
      tasks: createClusterTasks(clients, name, limiters.tasks),
    }
    clusters.set(name, cluster)
    return cluster
  }
}
