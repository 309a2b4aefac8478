import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
  type ImageIdentifier,
  ListImagesCommand,
  PutImageCommand,
  PutImageTagMutabilityCommand,
} from '@aws-sdk/client-ecr'
import { ecrWorld } from './ecr-world.ts'

const repositoryName = 'mailman/api'

/** A world with the repository, and `content` pushed under each of the tags. */
async function withImages(images: Readonly<Record<string, string>>) {
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

test('a repository has an address on the gate, and is found again by its name', async () => {
  await using world = await ecrWorld()
  await world.client.send(new CreateRepositoryCommand({ repositoryName }))

  const { repositories } = await world.client.send(
    new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }),
  )

  assert.equal(repositories?.length, 1)
  const found = repositories[0]
  assert.equal(found?.repositoryUri, `${new URL(world.gateUrl).host}/mailman/api`)
  assert.equal(found.repositoryArn, 'arn:aws:ecr:us-east-1:000000000000:repository/mailman/api')
  assert.deepEqual(found.createdAt, new Date(world.clock.now()))
  assert.equal(found.imageTagMutability, 'MUTABLE')
})

test('repositories come in pages', async () => {
  await using world = await ecrWorld()
  for (const name of ['cc', 'aa', 'bb'])
    await world.client.send(new CreateRepositoryCommand({ repositoryName: name }))

  const first = await world.client.send(new DescribeRepositoriesCommand({ maxResults: 2 }))
  const rest = await world.client.send(
    new DescribeRepositoriesCommand({ maxResults: 2, nextToken: first.nextToken }),
  )

  assert.deepEqual(
    [first, rest].map(({ repositories }) => repositories?.map((each) => each.repositoryName)),
    [['aa', 'bb'], ['cc']],
  )
  assert.equal(rest.nextToken, undefined)
})

test('what is wrong about a repository has the error that ECR has for it', async () => {
  await using world = await withImages({ one: 'content' })
  const { client } = world

  await assert.rejects(
    client.send(new DescribeRepositoriesCommand({ repositoryNames: ['nowhere'] })),
    {
      name: 'RepositoryNotFoundException',
      message: `The repository with name 'nowhere' does not exist in the registry with id '000000000000'`,
    },
  )
  await assert.rejects(client.send(new CreateRepositoryCommand({ repositoryName })), {
    name: 'RepositoryAlreadyExistsException',
  })
  await assert.rejects(client.send(new CreateRepositoryCommand({ repositoryName: 'A/b' })), {
    name: 'InvalidParameterException',
  })
  await assert.rejects(client.send(new DeleteRepositoryCommand({ repositoryName })), {
    name: 'RepositoryNotEmptyException',
  })
})

test('a repository deleted by force takes its images with it', async () => {
  await using world = await withImages({ one: 'content' })
  await world.client.send(new DeleteRepositoryCommand({ repositoryName, force: true }))

  await world.client.send(new CreateRepositoryCommand({ repositoryName }))

  assert.deepEqual(await world.list(), [])
})

test('a token is good for twelve hours, for the user AWS', async () => {
  await using world = await ecrWorld()

  const { authorizationData } = await world.client.send(new GetAuthorizationTokenCommand({}))

  const data = authorizationData?.[0]
  assert.match(Buffer.from(data?.authorizationToken ?? '', 'base64').toString(), /^AWS:[\w-]{60,}$/)
  assert.deepEqual(data?.expiresAt, new Date(world.clock.now() + 12 * 3_600_000))
  assert.equal(data.proxyEndpoint, world.gateUrl)
})

test('a pushed image is described with its digest, tags, size and time', async () => {
  await using world = await withImages({ 'api-1': 'content', 'api-latest': 'content' })

  const { imageDetails } = await world.client.send(
    new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'api-1' }] }),
  )

  assert.deepEqual(imageDetails, [
    {
      registryId: '000000000000',
      repositoryName,
      imageDigest: world.digests['api-1'],
      imageTags: ['api-1', 'api-latest'],
      imageSizeInBytes: 14,
      imagePushedAt: new Date(world.clock.now() - 2000),
      imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactMediaType: 'application/octet-stream',
    },
  ])
})

test('an image that is not there is an error of DescribeImages and a failure of BatchGetImage', async () => {
  await using world = await withImages({})
  const imageIds = [{ imageTag: 'api-9' }]

  await assert.rejects(world.client.send(new DescribeImagesCommand({ repositoryName, imageIds })), {
    name: 'ImageNotFoundException',
    message: `The image with imageId {imageDigest:null, imageTag:'api-9'} does not exist within the repository with name 'mailman/api' in the registry with id '000000000000'`,
  })
  const { images, failures } = await world.client.send(
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

test('a tag is moved by putting the manifest that BatchGetImage gave, and the old image stays', async () => {
  await using world = await withImages({ 'api-1': 'one', 'api-2': 'two', 'api-latest': 'two' })
  const { images } = await world.client.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'api-1' }] }),
  )
  const move = new PutImageCommand({
    repositoryName,
    imageManifest: images?.[0]?.imageManifest,
    imageManifestMediaType: images?.[0]?.imageManifestMediaType,
    imageTag: 'api-latest',
  })

  const { image } = await world.client.send(move)

  assert.equal(image?.imageId?.imageDigest, world.digests['api-1'])
  assert.deepEqual(await world.list(), [
    { imageDigest: world.digests['api-2'], imageTag: 'api-2' },
    { imageDigest: world.digests['api-1'], imageTag: 'api-1' },
    { imageDigest: world.digests['api-1'], imageTag: 'api-latest' },
  ])
  await assert.rejects(world.client.send(move), { name: 'ImageAlreadyExistsException' })
})

test('a manifest whose layers were never pushed is refused', async () => {
  await using world = await withImages({})

  await assert.rejects(
    world.client.send(
      new PutImageCommand({
        repositoryName,
        imageManifest: JSON.stringify({ layers: [{ digest: 'sha256:0' }] }),
        imageTag: 'x',
      }),
    ),
    { name: 'LayersNotFoundException' },
  )
})

test('an immutable tag is not moved, but for the tags that an exclusion filter names', async () => {
  await using world = await withImages({ 'api-1': 'one', 'api-2': 'two', 'api-latest': 'one' })
  await world.client.send(
    new PutImageTagMutabilityCommand({
      repositoryName,
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: '*-latest' }],
    }),
  )
  const { images } = await world.client.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'api-2' }] }),
  )
  const put = (imageTag: string) =>
    world.client.send(
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

test('deleting one tag of an image leaves it under the other; deleting by digest takes it all', async () => {
  await using world = await withImages({ 'api-1': 'one', 'api-latest': 'one' })
  const imageDigest = world.digests['api-1'] ?? ''
  const remove = (...imageIds: ImageIdentifier[]) =>
    world.client.send(new BatchDeleteImageCommand({ repositoryName, imageIds }))

  const first = await remove({ imageTag: 'api-1' }, { imageTag: 'nothing' })
  assert.deepEqual(first.imageIds, [{ imageDigest, imageTag: 'api-1' }])
  assert.equal(first.failures?.[0]?.failureCode, 'ImageNotFound')
  assert.deepEqual(await world.list(), [{ imageDigest, imageTag: 'api-latest' }])

  await remove({ imageDigest })
  assert.deepEqual(await world.list(), [])
})

test('an image whose tag moved on is still there, untagged', async () => {
  await using world = await withImages({ latest: 'one' })
  await world.push(repositoryName, 'latest', 'two')

  const { imageDetails } = await world.client.send(
    new DescribeImagesCommand({ repositoryName, filter: { tagStatus: 'UNTAGGED' } }),
  )

  assert.deepEqual(
    imageDetails?.map((each) => each.imageDigest),
    [world.digests['latest']],
  )
})

test('an image reference resolves to the digest that its tag means now', async () => {
  await using world = await withImages({ 'api-1': 'one' })
  const { ecr, digests } = world

  assert.equal(await ecr.resolveDigest(`${ecr.host}/mailman/api:api-1`), digests['api-1'])
  assert.equal(await ecr.resolveDigest(`${ecr.host}/mailman/api:api-2`), undefined)
  assert.equal(await ecr.resolveDigest('docker.io/library/nginx:1'), undefined)
})

test('without a registry, PutImage alone makes images, and addresses look as on AWS', async () => {
  await using world = await ecrWorld({ registry: undefined } as object)
  const { repository } = await world.client.send(new CreateRepositoryCommand({ repositoryName }))
  await world.client.send(
    new PutImageCommand({ repositoryName, imageManifest: '{"a":1}', imageTag: 'api-1' }),
  )

  assert.equal(
    repository?.repositoryUri,
    '000000000000.dkr.ecr.us-east-1.amazonaws.com/mailman/api',
  )
  const { imageIds } = await world.client.send(new ListImagesCommand({ repositoryName }))
  assert.equal(imageIds?.[0]?.imageTag, 'api-1')
})
