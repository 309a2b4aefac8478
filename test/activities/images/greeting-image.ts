import { join } from 'node:path'
import { createBuilderActivities } from '../../../activities/index.ts'
import { helloBaseImage } from '../../../local/engine/base-image.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import type { imageNamed } from '../../unit/environment-specs.ts'
import { makeRepository } from '../git-repository.ts'
import { imageInput, openImageFixture } from './image-fixture.ts'

const dockerfile = `FROM ${helloBaseImage} AS api
ARG GREETING
COPY text /text
RUN echo "built with $GREETING"
ENV GREETING=$GREETING
FROM api AS worker
CMD ["true"]
FROM api AS broken
RUN echo about to fail && exit 7
`

/** An engine, a registry, and a builder for the image `api` of a repository with one commit. */
export async function openGreetingImage() {
  const folder = temporaryFolder()
  const cacheDir = join(folder, 'cache')
  const { engine, close } = await openImageFixture(folder)
  const repository = await makeRepository(join(folder, `a "repo" $(touch x)`))
  const commit = await repository.commit('First', { Dockerfile: dockerfile, text: folder })
  return {
    folder,
    cacheDir,
    engine,
    repository,
    commit,
    activities: createBuilderActivities({ hostQueue: 'here', cacheDir }),
    close,
    /** What a release hands to the steps that build and push the image of a commit. */
    input: (changes: Partial<ReturnType<typeof imageNamed>> = {}, of = commit) =>
      imageInput(repository.path, of, {
        target: 'api',
        args: { GREETING: 'a "b" $c' },
        ...changes,
      }),
  }
}

export type GreetingImage = Awaited<ReturnType<typeof openGreetingImage>>
