import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { moveTags } from '../../../../activities/image/move-tags.ts'
import { awsError, fakeAws, type Answers } from '../fake-aws.ts'
import { failsAs, inActivity } from '../in-activity.ts'
import { digestA, digestB, specWith } from '../../environment-specs.ts'

/** A repository with one moving tag. */
function registryWith(digest?: string) {
  let tagged = digest
  const answers: Answers = {
    DescribeImages: () => {
      if (tagged === undefined) throw awsError('ImageNotFoundException')
      return { imageDetails: [{ imageDigest: tagged }] }
    },
    BatchGetImage: ({ imageIds }) => ({
      images: [{ imageManifest: (imageIds as { imageDigest: string }[])[0]?.imageDigest }],
    }),
    PutImage: ({ imageManifest }) => {
      tagged = String(imageManifest)
      return {}
    },
    BatchDeleteImage: () => {
      tagged = undefined
      return {}
    },
  }
  return { answers, tagged: () => tagged }
}

const move = (
  answers: Answers,
  digest?: string,
  mode: 'pin' | 'force' = 'pin',
  heartbeatDetails?: unknown,
) =>
  inActivity(
    () =>
      moveTags(fakeAws(answers).clients, {
        spec: specWith({ mode }),
        images: [{ name: 'api', ...(digest === undefined ? {} : { digest }) }],
      }),
    { heartbeatDetails },
  )

const refuseSameTag = () => {
  throw awsError('ImageAlreadyExistsException')
}

/** Two moving tags. Only the first can be moved, `allowed` times. */
function twoTags(allowed: number) {
  const tags = new Map([
    ['api-latest', digestA],
    ['worker-latest', digestA],
  ])
  let moves = 0
  const answers: Answers = {
    ...registryWith().answers,
    DescribeImages: ({ imageIds }) => {
      const [id] = imageIds as { imageTag: string }[]
      return { imageDetails: [{ imageDigest: tags.get(id?.imageTag ?? '') }] }
    },
    PutImage: ({ imageTag, imageManifest }) => {
      moves += imageTag === 'api-latest' ? 1 : 0
      if (imageTag !== 'api-latest' || moves > allowed) throw awsError('AccessDeniedException')
      tags.set(imageTag, String(imageManifest))
      return {}
    },
  }
  const images = ['api', 'worker'].map((name) => ({
    ...(specWith().images[0] ?? assert.fail()),
    name,
  }))
  const moving = inActivity(() =>
    moveTags(fakeAws(answers).clients, {
      spec: specWith({ images }),
      images: images.map(({ name }) => ({ name, digest: digestB })),
    }),
  )
  return { tags, moving }
}

describe('moving tags', () => {
  test('points the tag at the digest and returns what it pointed at before', async () => {
    const { answers, tagged } = registryWith(digestA)
    assert.deepEqual(await move(answers, digestB), [{ name: 'api', digest: digestA }])
    assert.equal(tagged(), digestB)
  })

  test('returns no digest for a missing tag, and removes the tag when that is undone', async () => {
    const { answers, tagged } = registryWith()
    assert.deepEqual(await move(answers, digestB), [{ name: 'api' }])
    await move(answers)
    assert.equal(tagged(), undefined)
  })

  test('remembers across a retry what the tag pointed at first', async () => {
    const { answers } = registryWith(digestB)
    const before = [{ name: 'api', digest: digestA }]
    assert.deepEqual(await move(answers, digestB, 'pin', before), before)
  })

  test('succeeds if the registry says that the image already has the tag', async () => {
    const { answers } = registryWith(digestA)
    assert.deepEqual(await move({ ...answers, PutImage: refuseSameTag }, digestB), [
      { name: 'api', digest: digestA },
    ])
  })

  test('keeps an immutable tag in pin mode, and fails in force mode', async () => {
    const { answers, tagged } = registryWith(digestA)
    const immutable = {
      ...answers,
      PutImage: () => {
        throw awsError('ImageTagAlreadyExistsException')
      },
    }
    assert.deepEqual(await move(immutable, digestB), [{ name: 'api', digest: digestA }])
    assert.equal(tagged(), digestA)
    await assert.rejects(
      move(immutable, digestB, 'force'),
      failsAs('PreconditionFailed', 'immutable'),
    )
  })

  test('keeps the tag in pin mode if the repository lacks the image, and fails in force mode', async () => {
    const { answers, tagged } = registryWith(digestA)
    const without = { ...answers, BatchGetImage: () => ({ images: [] }) }
    assert.deepEqual(await move(without, digestB), [{ name: 'api', digest: digestA }])
    assert.equal(tagged(), digestA)
    await assert.rejects(
      move(without, digestB, 'force'),
      failsAs('PreconditionFailed', digestB, 'Deploy its commit again'),
    )
  })

  test('points the moved tags back if another tag cannot be moved', async () => {
    const { tags, moving } = twoTags(2)
    await assert.rejects(moving, failsAs('AccessDenied'))
    assert.equal(tags.get('api-latest'), digestA)
  })

  test('names a tag that it could not point back', async () => {
    const { tags, moving } = twoTags(1)
    await assert.rejects(
      moving,
      failsAs('PreconditionFailed', 'Tag api-latest', digestA, 'was moved'),
    )
    assert.equal(tags.get('api-latest'), digestB)
  })
})
