import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  type ImageIdentifier,
  PutImageCommand,
  PutImageTagMutabilityCommand,
} from '@aws-sdk/client-ecr'
import { repositoryName, withImages } from './ecr-pushed-images.ts'

test('a pushed image is described with its digest, tags, size and time', async () => {
  await using fixture = await withImages({ 'api-1': 'content', 'api-latest': 'content' })

  const { imageDetails } = await fixture.client.send(
    new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'api-1' }] }),
  )

  assert.deepEqual(imageDetails, [
    {
      registryId: '000000000000',
      repositoryName,
      imageDigest: fixture.digests['api-1'],
      imageTags: ['api-1', 'api-latest'],
      imageSizeInBytes: 14,
      imagePushedAt: new Date(fixture.clock.now() - 2000),
      imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactMediaType: 'application/octet-stream',
    },
  ])
})

test('a missing image is an error of DescribeImages and a failure of BatchGetImage', async () => {
  await using fixture = await withImages({})
  const imageIds = [{ imageTag: 'api-9' }]

  await assert.rejects(
    fixture.client.send(new DescribeImagesCommand({ repositoryName, imageIds })),
    {
      name: 'ImageNotFoundException',
      message: `The image with imageId {imageDigest:null, imageTag:'api-9'} does not exist within the repository with name 'mailman/api' in the registry with id '000000000000'`,
    },
  )
  const { images, failures } = await fixture.client.send(
    new BatchGetImageCommand({ repositoryName, imageIds }),
  )
  assert.deepEqual(images, [])
  assert.deepEqual(failures, [
    {
      imageId: { imageTag: 'api-9' },
      failureCode: 'ImageNotFound',
      failureReason: 'Requested image not found',
    },
  ])
})

test('a tag is moved by putting the manifest from BatchGetImage, and the old image stays', async () => {
  await using fixture = await withImages({ 'api-1': 'one', 'api-2': 'two', 'api-latest': 'two' })
  const { images } = await fixture.client.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'api-1' }] }),
  )
  const move = new PutImageCommand({
    repositoryName,
    imageManifest: images?.[0]?.imageManifest,
    imageManifestMediaType: images?.[0]?.imageManifestMediaType,
    imageTag: 'api-latest',
  })

  const { image } = await fixture.client.send(move)

  assert.equal(image?.imageId?.imageDigest, fixture.digests['api-1'])
  assert.deepEqual(await fixture.list(), [
    { imageDigest: fixture.digests['api-2'], imageTag: 'api-2' },
    { imageDigest: fixture.digests['api-1'], imageTag: 'api-1' },
    { imageDigest: fixture.digests['api-1'], imageTag: 'api-latest' },
  ])
  await assert.rejects(fixture.client.send(move), { name: 'ImageAlreadyExistsException' })
})

test('a manifest whose layers were never pushed is rejected', async () => {
  await using fixture = await withImages({})

  await assert.rejects(
    fixture.client.send(
      new PutImageCommand({
        repositoryName,
        imageManifest: JSON.stringify({ layers: [{ digest: 'sha256:0' }] }),
        imageTag: 'x',
      }),
    ),
    { name: 'LayersNotFoundException' },
  )
})

test('an immutable tag cannot be moved, unless an exclusion filter matches it', async () => {
  await using fixture = await withImages({ 'api-1': 'one', 'api-2': 'two', 'api-latest': 'one' })
  await fixture.client.send(
    new PutImageTagMutabilityCommand({
      repositoryName,
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: '*-latest' }],
    }),
  )
  const { images } = await fixture.client.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'api-2' }] }),
  )
  const put = (imageTag: string) =>
    fixture.client.send(
      new PutImageCommand({
        repositoryName,
        imageManifest: images?.[0]?.imageManifest,
        imageTag,
      }),
    )

  await assert.rejects(put('api-1'), {
    name: 'ImageTagAlreadyExistsException',
    message: /image tag 'api-1' already exists in the 'mailman\/api' repository/,
  })
  assert.equal((await put('api-latest')).image?.imageId?.imageTag, 'api-latest')
})

test('deleting one tag of an image keeps the other; deleting by digest removes all', async () => {
  await using fixture = await withImages({ 'api-1': 'one', 'api-latest': 'one' })
  const imageDigest = fixture.digests['api-1'] ?? ''
  const remove = (...imageIds: ImageIdentifier[]) =>
    fixture.client.send(new BatchDeleteImageCommand({ repositoryName, imageIds }))

  const first = await remove({ imageTag: 'api-1' }, { imageTag: 'nothing' })
  assert.deepEqual(first.imageIds, [{ imageDigest, imageTag: 'api-1' }])
  assert.equal(first.failures?.[0]?.failureCode, 'ImageNotFound')
  assert.deepEqual(await fixture.list(), [{ imageDigest, imageTag: 'api-latest' }])

  await remove({ imageDigest })
  assert.deepEqual(await fixture.list(), [])
})

test('an image whose tag was moved still exists, untagged', async () => {
  await using fixture = await withImages({ latest: 'one' })
  await fixture.push(repositoryName, 'latest', 'two')

  const { imageDetails } = await fixture.client.send(
    new DescribeImagesCommand({ repositoryName, filter: { tagStatus: 'UNTAGGED' } }),
  )

  assert.deepEqual(
    imageDetails?.map((each) => each.imageDigest),
    [fixture.digests['latest']],
  )
})

test('an image reference resolves to the current digest of its tag', async () => {
  await using fixture = await withImages({ 'api-1': 'one' })
  const { ecr, digests } = fixture

  assert.equal(await ecr.resolveDigest(`${ecr.host}/mailman/api:api-1`), digests['api-1'])
  assert.equal(await ecr.resolveDigest(`${ecr.host}/mailman/api:api-2`), undefined)
  assert.equal(await ecr.resolveDigest('docker.io/library/nginx:1'), undefined)
})
