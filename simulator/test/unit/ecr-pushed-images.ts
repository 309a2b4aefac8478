import {
  CreateRepositoryCommand,
  type ImageIdentifier,
  ListImagesCommand,
} from '@aws-sdk/client-ecr'
import { ecrFixture } from './ecr-fixture.ts'

export const repositoryName = 'mailman/api'

/** The ECR fixture with a repository, and an image with the given content under each tag. */
export async function withImages(images: Readonly<Record<string, string>>) {
  const fixture = await ecrFixture()
  await fixture.client.send(new CreateRepositoryCommand({ repositoryName }))
  const digests: Record<string, string> = {}
  for (const [tag, content] of Object.entries(images)) {
    digests[tag] = (await fixture.push(repositoryName, tag, content)).digest
    await fixture.clock.advance(1000)
  }
  const list = async (): Promise<ImageIdentifier[]> =>
    (await fixture.client.send(new ListImagesCommand({ repositoryName }))).imageIds ?? []
  return Object.assign(fixture, { digests, list })
}
