import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { arch } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr'
import { execa } from 'execa'
import { createBuilderActivities, createReleaseActivities } from '../../../activities/index.ts'
import { failsAs, inActivity } from '../../unit/activities/in-activity.ts'
import type { imageNamed } from '../../unit/environment-specs.ts'
import { openGreetingImage, type GreetingImage } from './greeting-image.ts'

let fixture: GreetingImage
before(async () => {
  fixture = await openGreetingImage()
})
after(() => fixture.close())

const release = createReleaseActivities()

describe('an image', () => {
  test("is built from the commit, pushed, and identified by the registry's digest", async () => {
    const { input, activities, cacheDir } = fixture
    const lines: string[] = []
    const logging = { onLog: (message: string) => lines.push(message) }
    const given = await input()
    const prepared = await inActivity(() => activities.prepareSource(given.source), logging)
    assert.deepEqual(prepared, { hostQueue: 'here', subject: 'First' })
    await inActivity(() => activities.buildImage(given), logging)
    assert.match(lines.join('\n'), /build api: .*built with a "b" \$c/)
    const pushed = await inActivity(() => activities.pushImage(given), logging)
    assert.match(pushed.digest, /^sha256:[0-9a-f]{64}$/)
    assert.match(lines.join('\n'), new RegExp(`push api: .*${pushed.digest}`))
    assert.equal((await input()).image.digest, pushed.digest)
    assert.deepEqual(await inActivity(() => activities.pushImage(given)), pushed)
    // The temporary logins are removed.
    assert.deepEqual(await readdir(join(cacheDir, 'logins')), [])
  })

  test('is built for the platform of its task definition, on a builder of any platform', async () => {
    const { repository, input, activities } = fixture
    const [own, architecture] = arch() === 'arm64' ? ['arm64', 'amd64'] : ['amd64', 'arm64']
    const of = await repository.commit('Another platform', {
      'scratch.Dockerfile': 'FROM scratch AS api\nCOPY text /\n',
    })
    const required = { service: 'mailman-api', taskDefinition: 'mailman-api:1', architecture }
    const needing = async (changes: Partial<ReturnType<typeof imageNamed>> = {}) => {
      const given = await input({ dockerfile: 'scratch.Dockerfile', ...changes }, of)
      return { ...given, image: { ...given.image, requiredPlatforms: [required] } }
    }
    const wrong = await needing({ platform: `linux/${own}` })
    await assert.rejects(
      inActivity(() => activities.buildImage(wrong)),
      failsAs('PreconditionFailed', `made for linux/${own}`, `on ${architecture}`, 'not pushed'),
    )
    const given = await needing()
    await inActivity(() => activities.buildImage(given))
    await inActivity(() => activities.pushImage(given))
    const running = [{ name: 'api', now: { taskDefinition: 'mailman-api:1', digests: {} } }]
    const find = (platform: object) =>
      inActivity(() =>
        release.findImages({
          spec: given.spec,
          commit: of,
          running: running.map((one) => ({ ...one, platform: { ...required, ...platform } })),
        }),
      )
    assert.match((await find({}))[0]?.digest ?? '', /^sha256:/)
    await assert.rejects(
      find({ architecture: 'riscv64' }),
      failsAs('PreconditionFailed', `made for linux/${architecture}`),
    )
  })

  test('is pushed to the registry of another account and region', async () => {
    const { input, activities } = fixture
    const registryId = '444455556666'
    const region = 'eu-central-1'
    const repositoryName = 'team/hello'
    const ecr = new ECRClient({ region })
    await ecr.send(new CreateRepositoryCommand({ repositoryName, registryId }))
    const given = await input({
      repository: `${registryId}.dkr.ecr.${region}.amazonaws.com/${repositoryName}`,
    })
    assert.equal(given.image.digest, undefined)
    await inActivity(() => activities.buildImage(given))
    const { digest: imageDigest } = await inActivity(() => activities.pushImage(given))
    const imageIds = [{ imageDigest }]
    const { imageDetails } = await ecr.send(
      new DescribeImagesCommand({ repositoryName, registryId, imageIds }),
    )
    assert.deepEqual(imageDetails?.[0]?.imageTags, [given.image.tag])
  })

  test("gets and loses the moving tag through the registry's API alone", async () => {
    const { input } = fixture
    const { spec, image } = await input()
    const move = (digest?: string) =>
      inActivity(() =>
        release.moveTags({
          spec,
          images: [{ name: 'api', ...(digest === undefined ? {} : { digest }) }],
        }),
      )
    assert.deepEqual(await move(image.digest), [{ name: 'api' }])
    assert.deepEqual(await move(image.digest), [{ name: 'api', digest: image.digest }])
    assert.deepEqual(await move(), [{ name: 'api', digest: image.digest }])
    assert.equal((await input()).image.digest, image.digest)
  })

  test('fails with the last lines of its build', async () => {
    const { input, activities } = fixture
    const given = await input({ target: 'broken' })
    await assert.rejects(
      inActivity(() => activities.buildImage(given)),
      failsAs('BuildFailed', 'image "api" failed', 'about to fail', '7'),
    )
  })

  test('is rejected if its Dockerfile is not in the commit, or its context leads out of the repository', async () => {
    const { input, activities, repository, commit } = fixture
    const missing = await input({ dockerfile: 'docker/Dockerfile' })
    await assert.rejects(
      inActivity(() => activities.buildImage(missing)),
      failsAs('PreconditionFailed', '"docker/Dockerfile"', commit),
    )
    await execa('ln', ['-s', '/etc', 'out'], { cwd: repository.path })
    const linked = await repository.commit('A link', {})
    const given = await input({ context: 'out' }, linked)
    await assert.rejects(
      inActivity(() => activities.buildImage(given)),
      failsAs('PreconditionFailed', 'leads out of the repository'),
    )
  })

  test("is pushed only if this host's engine has it and it was built from this commit", async () => {
    const { repository, input, activities, engine, commit } = fixture
    const other = await repository.commit('Second', { text: 'other' })
    const given = await input({}, other)
    await assert.rejects(
      inActivity(() => activities.pushImage(given)),
      failsAs('ImageNotHere', 'is not in the engine'),
    )
    const first = await input()
    await inActivity(() => activities.buildImage(first))
    const { repositoryUri, tag } = first.image
    const retag = ['tag', `${repositoryUri}:${tag}`, `${repositoryUri}:${given.image.tag}`]
    await execa(engine.dockerPath, retag, { env: { DOCKER_HOST: engine.dockerHost } })
    await assert.rejects(
      inActivity(() => activities.pushImage(given)),
      failsAs('ImageNotHere', `was built from commit ${commit}`),
    )
  })

  test('needs an engine, and the failure says how to get one', async () => {
    const { input, activities, folder, cacheDir, engine } = fixture
    const { source } = await input()
    const none = createBuilderActivities({ hostQueue: 'x', cacheDir, engine: 'no-such-docker' })
    await assert.rejects(
      inActivity(() => none.prepareSource(source)),
      failsAs('EngineMissing', '"no-such-docker"', 'Install Docker or Podman'),
    )
    process.env['DOCKER_HOST'] = `unix://${folder}/missing.sock`
    try {
      await assert.rejects(
        inActivity(() => activities.prepareSource(source)),
        failsAs('EngineMissing', 'Start it', 'missing.sock'),
      )
    } finally {
      process.env['DOCKER_HOST'] = engine.dockerHost
    }
  })
})
