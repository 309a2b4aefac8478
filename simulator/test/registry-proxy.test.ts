import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  DescribeImagesCommand,
  ECRClient,
  PutImageCommand,
  BatchGetImageCommand,
  BatchDeleteImageCommand,
} from '@aws-sdk/client-ecr'
import { openDockerFixture, serving, type DockerFixture } from './docker-fixture.ts'

/** The Docker command line and Debian's registry, with the registry proxy between them. */
let fixture: DockerFixture
let ecr: ECRClient

before(async () => {
  fixture = await openDockerFixture()
  ecr = new ECRClient(fixture.client)
  await fixture.createRepository('mailman/api')
  await fixture.createRepository('frozen', 'IMMUTABLE')
})

after(() => fixture.close())

test('without a login docker reports missing credentials', async () => {
  const image = await fixture.build('mailman/api:v0', serving)

  await assert.rejects(fixture.push(image), /no basic auth credentials/)
})

test('docker cannot log in with a made-up token', async () => {
  const login = ['login', '--username', 'AWS', '--password-stdin', fixture.host]

  await assert.rejects(fixture.docker(login, 'made-up'), /unauthorized|401/i)
})

test('an image that docker pushes is in ECR under the digest that docker reports, and can be pulled', async () => {
  await fixture.login()
  const image = await fixture.build('mailman/api:v1', serving)

  const digest = await fixture.push(image)

  const { imageDetails } = await ecr.send(
    new DescribeImagesCommand({ repositoryName: 'mailman/api', imageIds: [{ imageTag: 'v1' }] }),
  )
  assert.equal(imageDetails?.[0]?.imageDigest, digest)
  await fixture.docker(['rmi', image])
  assert.match(
    await fixture.docker(['pull', `${fixture.host}/mailman/api@${digest}`]),
    /Digest: sha256/,
  )
})

test('a push to a repository that was not created is rejected', async () => {
  await fixture.login()
  const image = await fixture.build('nowhere:v1', serving)

  await assert.rejects(
    fixture.push(image),
    /name unknown: The repository with name 'nowhere' does not exist in the registry with id '0{12}'/,
  )
})

test('a push of another image to an immutable tag is rejected', async () => {
  await fixture.login()
  await fixture.push(await fixture.build('frozen:v1', serving))

  await assert.rejects(
    fixture.push(await fixture.build('frozen:v1', `${serving} # changed`)),
    /tag invalid: The image tag 'v1' already exists in the 'frozen' repository/,
  )
})

test('in a real registry, too, a tag can be moved, deleted on its own, and put back', async () => {
  await fixture.login()
  const repositoryName = 'mailman/api'
  const one = await fixture.push(await fixture.build('mailman/api:one', serving))
  await fixture.push(await fixture.build('mailman/api:latest', `${serving} # two`))
  const { images } = await ecr.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'one' }] }),
  )
  const put = (imageTag: string) =>
    ecr.send(
      new PutImageCommand({
        repositoryName,
        imageTag,
        imageManifest: images?.[0]?.imageManifest,
        imageManifestMediaType: images?.[0]?.imageManifestMediaType,
      }),
    )
  const tagsOfOne = async () => {
    const { imageDetails } = await ecr.send(
      new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest: one }] }),
    )
    return imageDetails?.[0]?.imageTags?.filter((tag) => tag !== 'v1').toSorted()
  }

  await put('latest')
  assert.deepEqual(await tagsOfOne(), ['latest', 'one'])
  await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag: 'one' }] }))
  assert.deepEqual(await tagsOfOne(), ['latest'])
  await put('one')
  assert.deepEqual(await tagsOfOne(), ['latest', 'one'])
  assert.match(await fixture.docker(['pull', `${fixture.host}/mailman/api:one`]), new RegExp(one))
})
