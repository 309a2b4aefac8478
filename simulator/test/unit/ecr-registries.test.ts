import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr'
import { ecrFixture } from './ecr-fixture.ts'

const repositoryName = 'team/hello'
const registryId = '444455556666'
const layer = { mediaType: 'x', size: 1, digest: `sha256:${'a'.repeat(64)}` }
const manifestOf = (note: string) =>
  JSON.stringify({ schemaVersion: 2, config: layer, layers: [], annotations: { note } })

/** Clients of the fixture's endpoint for two regions. */
async function twoRegions() {
  const fixture = await ecrFixture()
  const { endpoint, credentials } = fixture.client.config
  const url = await endpoint?.()
  assert.ok(url)
  const inRegion = (region: string) => new ECRClient({ endpoint: url, credentials, region })
  return Object.assign(fixture, {
    home: inRegion('us-east-1'),
    other: inRegion('eu-central-1'),
  })
}

test('each account has a registry of its own in each region', async () => {
  await using ecr = await twoRegions()
  const { home, other } = ecr
  await home.send(new CreateRepositoryCommand({ repositoryName }))
  const { repository } = await other.send(
    new CreateRepositoryCommand({ repositoryName, registryId }),
  )
  assert.equal(
    repository?.repositoryArn,
    `arn:aws:ecr:eu-central-1:${registryId}:repository/${repositoryName}`,
  )
  assert.equal(repository.registryId, registryId)

  const put = { repositoryName, imageTag: 'one' }
  await home.send(new PutImageCommand({ ...put, imageManifest: manifestOf('home') }))
  const there = await other.send(
    new PutImageCommand({ ...put, registryId, imageManifest: manifestOf('other') }),
  )
  const [here] = (await home.send(new DescribeImagesCommand({ repositoryName }))).imageDetails ?? []
  assert.notEqual(here?.imageDigest, there.image?.imageId?.imageDigest)
  assert.equal(
    await ecr.ecr.resolveDigest(`${repository.repositoryUri}:one`),
    there.image?.imageId?.imageDigest,
  )
  assert.equal(await ecr.ecr.resolveDigest(`${ecr.ecr.host}/team/hello:one`), here?.imageDigest)

  const list = (client: ECRClient) => client.send(new DescribeRepositoriesCommand({ registryId }))
  assert.equal((await list(other)).repositories?.length, 1)
  assert.deepEqual((await list(home)).repositories, [])
})

test('a repository that another registry lacks is missing there, with the id of that registry', async () => {
  await using ecr = await twoRegions()
  await ecr.other.send(new CreateRepositoryCommand({ repositoryName, registryId }))
  const message = `The repository with name 'team/hello' does not exist in the registry with id '${registryId}'`
  await assert.rejects(ecr.home.send(new DescribeImagesCommand({ repositoryName, registryId })), {
    name: 'RepositoryNotFoundException',
    message,
  })
  await assert.rejects(
    ecr.home.send(
      new DescribeRepositoriesCommand({ repositoryNames: [repositoryName], registryId }),
    ),
    { name: 'RepositoryNotFoundException', message },
  )
})

test('a login is good for the registries of the region that gave it', async () => {
  await using ecr = await twoRegions()
  const { repository } = await ecr.other.send(
    new CreateRepositoryCommand({ repositoryName, registryId }),
  )
  const path = repository?.repositoryUri?.replace(`${ecr.ecr.host}/`, '') ?? ''
  const status = async (client: ECRClient) => {
    const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}))
    const token = authorizationData?.[0]?.authorizationToken ?? ''
    return (await ecr.request('POST', `/v2/${path}/blobs/uploads/`, {}, `Basic ${token}`)).status
  }
  assert.equal(await status(ecr.home), 401)
  assert.equal(await status(ecr.other), 202)
})
