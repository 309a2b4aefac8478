import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  DescribeImagesCommand,
  ECRClient,
  PutImageCommand,
  BatchGetImageCommand,
  BatchDeleteImageCommand,
} from '@aws-sdk/client-ecr'
import { openStage, serving, type Stage } from './stage.ts'

/** The Docker command line and Debian's registry, with the gate between them. */
let stage: Stage
let ecr: ECRClient

before(async () => {
  stage = await openStage()
  ecr = new ECRClient(stage.client)
  await stage.createRepository('mailman/api')
  await stage.createRepository('frozen', 'IMMUTABLE')
})

after(() => stage.close())

test('without a login docker says that there are no credentials', async () => {
  const image = await stage.build('mailman/api:v0', serving)

  await assert.rejects(stage.push(image), /no basic auth credentials/)
})

test('docker cannot log in with a made-up token', async () => {
  const login = ['login', '--username', 'AWS', '--password-stdin', stage.host]

  await assert.rejects(stage.docker(login, 'made-up'), /unauthorized|401/i)
})

test('what docker pushes is in ECR under the digest that docker said, and can be pulled', async () => {
  await stage.login()
  const image = await stage.build('mailman/api:v1', serving)

  const digest = await stage.push(image)

  const { imageDetails } = await ecr.send(
    new DescribeImagesCommand({ repositoryName: 'mailman/api', imageIds: [{ imageTag: 'v1' }] }),
  )
  assert.equal(imageDetails?.[0]?.imageDigest, digest)
  await stage.docker(['rmi', image])
  assert.match(
    await stage.docker(['pull', `${stage.host}/mailman/api@${digest}`]),
    /Digest: sha256/,
  )
})

test('a repository that was not created refuses the push', async () => {
  await stage.login()
  const image = await stage.build('nowhere:v1', serving)

  await assert.rejects(
    stage.push(image),
    /name unknown: The repository with name 'nowhere' does not exist in the registry with id '0{12}'/,
  )
})

test('an immutable tag refuses another image', async () => {
  await stage.login()
  await stage.push(await stage.build('frozen:v1', serving))

  await assert.rejects(
    stage.push(await stage.build('frozen:v1', `${serving} # changed`)),
    /tag invalid: The image tag 'v1' already exists in the 'frozen' repository/,
  )
})

test('in a real registry too, a tag is moved, then deleted alone, then put back', async () => {
  await stage.login()
  const repositoryName = 'mailman/api'
  const one = await stage.push(await stage.build('mailman/api:one', serving))
  await stage.push(await stage.build('mailman/api:latest', `${serving} # two`))
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
  assert.match(await stage.docker(['pull', `${stage.host}/mailman/api:one`]), new RegExp(one))
})
