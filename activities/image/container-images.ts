import type { TaskDefinition } from '@aws-sdk/client-ecs'
import type { EnvironmentSpec, ImageSpec, ServiceSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { findRepository } from './ecr.ts'

/** The image of a container, in the repository that `slipway.yaml` has for it. */
export interface ContainerImage {
  readonly image: ImageSpec
  /** As in the task definition. */
  readonly reference: string
  readonly id: { readonly imageDigest: string } | { readonly imageTag: string }
}

/**
 * The images of a task definition that are in the repositories of `slipway.yaml`. An image of
 * another repository, such as that of a sidecar, is left out: nothing is known of it.
 */
export async function containerImages(
  clients: AwsClients,
  which: { spec: EnvironmentSpec; service: ServiceSpec; definition: TaskDefinition },
): Promise<readonly ContainerImage[]> {
  const { spec, service, definition } = which
  const found: ContainerImage[] = []
  for (const { name = '', image: reference = '' } of definition.containerDefinitions ?? []) {
    const image = spec.images.find((one) => one.name === service.containers[name])
    if (image === undefined) continue
    const uri = (await findRepository(clients, image.repository))?.repositoryUri
    if (uri === undefined || !reference.startsWith(uri)) continue
    const [, separator, id] = /^([@:])(.+)$/.exec(reference.slice(uri.length)) ?? []
    if (id === undefined) continue
    found.push({
      image,
      reference,
      id: separator === '@' ? { imageDigest: id } : { imageTag: id },
    })
  }
  return found
}
