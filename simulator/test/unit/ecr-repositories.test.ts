import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
  ListImagesCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr'
import { repositoryName, withImages } from './ecr-pushed-images.ts'
import { ecrFixture } from './ecr-fixture.ts'

test('a repository has an address on the registry proxy, and is found by its name', async () => {
  await using fixture = await ecrFixture()
  await fixture.client.send(new CreateRepositoryCommand({ repositoryName }))

  const { repositories } = await fixture.client.send(
    new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }),
  )

  assert.equal(repositories?.length, 1)
  const found = repositories[0]
  assert.equal(found?.repositoryUri, `${new URL(fixture.registryProxyUrl).host}/mailman/api`)
  assert.equal(found.repositoryArn, 'arn:aws:ecr:us-east-1:000000000000:repository/mailman/api')
  assert.deepEqual(found.createdAt, new Date(fixture.clock.now()))
  assert.equal(found.imageTagMutability, 'MUTABLE')
})

test('repositories are listed page by page', async () => {
  await using fixture = await ecrFixture()
  for (const name of ['cc', 'aa', 'bb'])
    await fixture.client.send(new CreateRepositoryCommand({ repositoryName: name }))

  const first = await fixture.client.send(new DescribeRepositoriesCommand({ maxResults: 2 }))
  const rest = await fixture.client.send(
    new DescribeRepositoriesCommand({ maxResults: 2, nextToken: first.nextToken }),
  )

  assert.deepEqual(
    [first, rest].map(({ repositories }) => repositories?.map((each) => each.repositoryName)),
    [['aa', 'bb'], ['cc']],
  )
  assert.equal(rest.nextToken, undefined)
})

test("invalid requests for repositories fail with ECR's errors", async () => {
  await using fixture = await withImages({ one: 'content' })
  const { client } = fixture

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

test('deleting a repository with force deletes its images', async () => {
  await using fixture = await withImages({ one: 'content' })
  await fixture.client.send(new DeleteRepositoryCommand({ repositoryName, force: true }))

  await fixture.client.send(new CreateRepositoryCommand({ repositoryName }))

  assert.deepEqual(await fixture.list(), [])
})

test('a token is valid for twelve hours, for the user AWS', async () => {
  await using fixture = await ecrFixture()

  const { authorizationData } = await fixture.client.send(new GetAuthorizationTokenCommand({}))

  const data = authorizationData?.[0]
  assert.match(Buffer.from(data?.authorizationToken ?? '', 'base64').toString(), /^AWS:[\w-]{60,}$/)
  assert.deepEqual(data?.expiresAt, new Date(fixture.clock.now() + 12 * 3_600_000))
  assert.equal(data.proxyEndpoint, fixture.registryProxyUrl)
})

test('without a registry, only PutImage creates images, and addresses look as on AWS', async () => {
  await using fixture = await ecrFixture({ registry: undefined } as object)
  const { repository } = await fixture.client.send(new CreateRepositoryCommand({ repositoryName }))
  await fixture.client.send(
    new PutImageCommand({ repositoryName, imageManifest: '{"a":1}', imageTag: 'api-1' }),
  )

  assert.equal(
    repository?.repositoryUri,
    '000000000000.dkr.ecr.us-east-1.amazonaws.com/mailman/api',
  )
  const { imageIds } = await fixture.client.send(new ListImagesCommand({ repositoryName }))
  assert.equal(imageIds?.[0]?.imageTag, 'api-1')
})
