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
  imageNamed,
} from '../../environment-specs.ts'

/** A registry with these tags and their digests. */
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
  const input = { spec: specWith({ services: [serviceNamed('api')] }), commit, ...more }
  const [found] = await inActivity(() => findImages(registryWith(tags), input))
  assert.ok(found)
  return [found.tag, found.digest, found.fresh]
}

const first = `api-${commit}`
const rebuilt = `${first}-20261124T030000Z`

describe('the image of a commit', () => {
  test('is found by its immutable tag, or must be built', async () => {
    assert.deepEqual(await find({ [first]: digestA }, {}), [first, digestA, undefined])
    assert.deepEqual(await find({}, { running: running(digestB) }), [first, undefined, undefined])
  })

  test('of a rebuild has its own tag, since the first one may be immutable', async () => {
    const rebuild = '20261124T030000Z'
    assert.deepEqual(await find({ [first]: digestA }, { rebuild }), [rebuilt, undefined, true])
    const both = { [first]: digestA, [rebuilt]: digestB }
    assert.deepEqual(await find(both, { rebuild, running: running(digestA) }), [
      rebuilt,
      digestB,
      true,
    ])
  })

  test('is the running rebuild, so that a repeated request does not revert a base image', async () => {
    const both = { [first]: digestA, [rebuilt]: digestB }
    assert.deepEqual(await find(both, { running: running(digestB) }), [rebuilt, digestB, undefined])
    assert.deepEqual(await find(both, { running: running(digestA) }), [first, digestA, undefined])
  })

  test('is never that of another commit, even if that runs', async () => {
    const other = `api-${'e'.repeat(40)}-20261124T030000Z`
    const tags = { [first]: digestA, [other]: digestB }
    assert.deepEqual(await find(tags, { running: running(digestB) }), [first, digestA, undefined])
  })

  test('is pushed to the address of its registry that slipway.yaml has, such as a dual-stack one', async () => {
    const repository = '123456789012.dkr-ecr.eu-west-1.on.aws/mailman-api'
    const spec = specWith({ images: [imageNamed('api', { repository })] })
    const [found] = await inActivity(() => findImages(registryWith({}), { spec, commit }))
    assert.equal(found?.repositoryUri, repository)
  })
})
