import {
  CreateRepositoryCommand,
  type ImageIdentifier,
  ListImagesCommand,
} from '@aws-sdk/client-ecr'
import { ecrWorld } from './ecr-world.ts'

export const repositoryName = 'mailman/api'

/** A world with the repository, and `content` pushed under each of the tags. */
export async function withImages(images: Readonly<Record<string, string>>) {
  const world = await ecrWorld()
  await world.client.send(new CreateRepositoryCommand({ repositoryName }))
  const digests: Record<string, string> = {}
  for (const [tag, content] of Object.entries(images)) {
    digests[tag] = (await world.push(repositoryName, tag, content)).digest
    await world.clock.advance(1000)
  }
  const list = async (): Promise<ImageIdentifier[]> =>
    (await world.client.send(new ListImagesCommand({ repositoryName }))).imageIds ?? []
  return Object.assign(world, { digests, list })
}
