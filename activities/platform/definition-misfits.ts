import type { Service, TaskDefinition } from '@aws-sdk/client-ecs'
import type { AwsClients } from '../aws/clients.ts'
import type { ContainerImage } from '../image/container-images.ts'
import { platformsOf, readManifest } from '../image/manifest.ts'
import { misfits } from './misfit.ts'
import { requiredPlatform } from './required-platform.ts'

/**
 * Why a service cannot run a task definition as it is: an image of it is made for another platform.
 * Empty if all fit, or if it cannot be told.
 *
 * @param remedy what to do, given the platform that the service needs
 */
export async function definitionMisfits(
  clients: AwsClients,
  which: {
    service: Service | undefined
    definition: TaskDefinition
    images: readonly ContainerImage[]
  },
  remedy: (needed: string) => string,
): Promise<readonly string[]> {
  const required = requiredPlatform(which.service, which.definition)
  if (required === undefined) return []
  const found = await Promise.all(
    which.images.map(async ({ image, reference, id }) => {
      const manifest = await readManifest(clients, image.repository, id)
      if (manifest === undefined) return []
      const platforms = await platformsOf(clients, image.repository, manifest)
      return misfits(`Image "${image.name}" (${reference})`, platforms, [required], remedy)
    }),
  )
  return found.flat()
}
