import type { Service } from '@aws-sdk/client-ecs'
import type { AwsClients } from '../aws/clients.ts'
import { describeServices } from '../ecs/services.ts'
import { createClusterTasks, type ClusterTasks } from './cluster-tasks.ts'
import type { RateLimiter } from './rate-limiter.ts'
import { createBatcher, type Batcher } from './batcher.ts'

/** What is asked for cluster by cluster. */
export interface Cluster {
  readonly services: Batcher<Service | undefined>
  readonly tasks: ClusterTasks
}

/** `DescribeServices` takes at most 10 services of one cluster. */
const batch = 10

/** The lanes of a cluster, made when it is first asked for. */
export function createClusters(
  clients: AwsClients,
  gates: { readonly services: RateLimiter; readonly tasks: RateLimiter },
): (name: string) => Cluster {
  const known = new Map<string, Cluster>()
  return (name) => {
    const found = known.get(name)
    if (found !== undefined) return found
    const cluster: Cluster = {
      services: createBatcher<Service | undefined>({
        gate: gates.services,
        batch: () => batch,
        async send(names, signal) {
          const services = await describeServices(clients, name, names, signal)
          return (service) => services.get(service)
        },
      }),
      tasks: createClusterTasks(clients, name, gates.tasks),
    }
    known.set(name, cluster)
    return cluster
  }
}
