import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findImages } from '../../../../activities/image/find-images.ts'
import { awsError, fakeAws } from '../fake-aws.ts'
import { inActivity } from '../in-activity.ts'
import {
  commit,
  digestA,
  digestB,
  registry,
  serviceNamed,
  specWith,
} from '../../environment-specs.ts'

/** A registry with these tags, each with its digest. */
function registryWith(tags: Readonly<Record<string, string>>) {
  return fakeAws({
    DescribeRepositories: () => ({
      repositories: [{ repositoryUri: `${registry}/mailman-api` }],
    }),
    DescribeImages: ({ imageIds }) => {
      const [{ imageTag, imageDigest } = {}] = imageIds as {
        imageTag?: string
        imageDigest?: string
      }[]
      const digest = imageDigest ?? tags[imageTag ?? '']
      const imageTags = Object.keys(tags).filter((tag) => tags[tag] === digest)
      if (imageTags.length === 0) throw awsError('ImageNotFoundException')
      return { imageDetails: [{ imageDigest: digest, imageTags }] }
    },
  }).clients
}

const running = (digest: string) => [
  { name: 'api', now: { taskDefinition: 'mailman-api:7', digests: { api: digest } } },
]

async function find(
  tags: Readonly<Record<string, string>>,
  more: { readonly rebuild?: string; readonly running?: ReturnType<typeof running> },
) {
  const wanted = { spec: specWith({ services: [serviceNamed('api')] }), commit, ...more }
  const [found] = await inActivity(() => findImages(registryWith(tags), wanted))
  assert.ok(found)
  return [found.tag, found.digest, found.fresh]
}

const first = `api-${commit}`
const rebuilt = `${first}-20261124T030000Z`

describe('the image of a commit', () => {
  test('is the one under its immutable tag, and is to be built where there is none', async () => {
    assert.deepEqual(await find({ [first]: digestA }, {}), [first, digestA, undefined])
    assert.deepEqual(await find({}, { running: running(digestB) }), [first, undefined, undefined])
  })

  test('of a rebuild has a tag of its own, so that no immutable tag stands in its way', async () => {
    const rebuild = '20261124T030000Z'
    assert.deepEqual(await find({ [first]: digestA }, { rebuild }), [rebuilt, undefined, true])
    const both = { [first]: digestA, [rebuilt]: digestB }
    assert.deepEqual(await find(both, { rebuild, running: running(digestA) }), [
      rebuilt,
      digestB,
      true,
    ])
  })

  test('is the one rebuilt from it where that runs: asking for it again takes no base image back', async () => {
    const both = { [first]: digestA, [rebuilt]: digestB }
    assert.deepEqual(await find(both, { running: running(digestB) }), [rebuilt, digestB, undefined])
    assert.deepEqual(await find(both, { running: running(digestA) }), [first, digestA, undefined])
  })

  test('is never one of another commit, though that runs', async () => {
    const other = `api-${'e'.repeat(40)}-20261124T030000Z`
    const tags = { [first]: digestA, [other]: digestB }
    assert.deepEqual(await find(tags, { running: running(digestB) }), [first, digestA, undefined])
  })
})
