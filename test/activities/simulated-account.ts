import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr'
import { CreateClusterCommand, ECSClient } from '@aws-sdk/client-ecs'
import type { Simulator } from '../../simulator/start.ts'

/**
 * Points this process at a simulator, with the same variables as a worker, and creates a cluster
 * and a repository there.
 */
export async function useAsAws({ url }: Simulator): Promise<void> {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  })
  await new ECSClient().send(new CreateClusterCommand({ clusterName: 'mailman' }))
  await new ECRClient().send(new CreateRepositoryCommand({ repositoryName: 'mailman-api' }))
}
