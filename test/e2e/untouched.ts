import { ListImagesCommand } from '@aws-sdk/client-ecr'
import {
  ListServiceDeploymentsCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs'
import type { LocalStack } from './local-stack.ts'

/** All that a release can change at AWS, to be compared with a later state. */
export async function stateOfAws(
  { aws: { ecs, ecr } }: LocalStack,
  { cluster, repository }: { readonly cluster: string; readonly repository: string },
) {
  const { serviceArns = [] } = await ecs.send(new ListServicesCommand({ cluster }))
  const deployments = await Promise.all(
    serviceArns.toSorted().map(async (service) => {
      const found = await ecs.send(new ListServiceDeploymentsCommand({ cluster, service }))
      return (found.serviceDeployments ?? []).map((one) => one.serviceDeploymentArn)
    }),
  )
  const { taskDefinitionArns } = await ecs.send(new ListTaskDefinitionsCommand({}))
  const { imageIds = [] } = await ecr.send(new ListImagesCommand({ repositoryName: repository }))
  const images = imageIds.map(({ imageTag, imageDigest }) => `${imageTag} ${imageDigest}`)
  return { deployments, taskDefinitionArns, images: images.toSorted() }
}
