import { DescribeServicesCommand, type Service } from '@aws-sdk/client-ecs'
import type { AwsClients } from '../aws/clients.ts'
import { failure } from '../temporal/failures.ts'
import { errorName } from '../aws/errors.ts'
import { locationOf } from '../aws/location.ts'

/** `DescribeServices` takes at most 10 services of one cluster. */
export const servicesPerCall = 10

/**
 * The services of a cluster by name; a service that ECS does not know is left out.
 *
 * Fails as `PreconditionFailed` if the cluster does not exist.
 */
export async function describeServices(
  clients: AwsClients,
  cluster: string,
  names: readonly string[],
  abortSignal?: AbortSignal,
): Promise<ReadonlyMap<string, Service>> {
  const found = new Map<string, Service>()
  for (let at = 0; at < names.length; at += servicesPerCall) {
    const services = names.slice(at, at + servicesPerCall)
    const answer = await clients.ecs
      .send(new DescribeServicesCommand({ cluster, services }), requestOptions(abortSignal))
      .catch(async (error: unknown) => {
        if (errorName(error) !== 'ClusterNotFoundException') throw error
        throw failure(
          'PreconditionFailed',
          `There is no ECS cluster "${cluster}" in ${await locationOf(clients)}. Correct "cluster" or "region" of the environment in slipway.yaml, or use credentials of the account that has the cluster.`,
        )
      })
    for (const service of answer.services ?? []) {
      if (service.serviceName !== undefined) found.set(service.serviceName, service)
    }
  }
  return found
}

/** Options for a call of an AWS client that `abortSignal` ends. */
export function requestOptions(abortSignal: AbortSignal | undefined): {
  abortSignal?: AbortSignal
} {
  return abortSignal === undefined ? {} : { abortSignal }
}
