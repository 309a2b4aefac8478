import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { arch } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr'
import { execa } from 'execa'
import { createBuilderActivities, createReleaseActivities } from '../../../activities/index.ts'
import { helloBaseImage } from '../../../local/engine/base-image.ts'
import type { LocalEngine } from '../../../local/engine/engine.ts'
import { failsAs, inActivity } from '../../unit/activities/in-activity.ts'
import type { imageNamed } from '../../unit/environment-specs.ts'
import { imageInput, openImageFixture, type ImageFixture } from './image-fixture.ts'
import { makeRepository, type Repository } from '../git-repository.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const dockerfile = `FROM ${helloBaseImage} AS api
ARG GREETING
COPY text /text
RUN echo "built with $GREETING"
ENV GREETING=$GREETING
FROM api AS worker
CMD ["true"]
FROM api AS broken
RUN echo about to fail && exit 7
`

describe('an image', async () => {
  const folder = temporaryFolder()
  const cacheDir = join(folder, 'cache')
  let fixture: ImageFixture
  let engine: LocalEngine
  let repository: Repository
  let commit: string

  before(async () => {
    fixture = await openImageFixture(folder)
    engine = fixture.engine
    repository = await makeRepository(join(folder, `a "repo" $(touch x)`))
    commit = await repository.commit('First', { Dockerfile: dockerfile, text: folder })
  })

  after(() => fixture.close())

  const activities = createBuilderActivities({ hostQueue: 'here', cacheDir })
  const release = createReleaseActivities()

  const input = (changes: Partial<ReturnType<typeof imageNamed>> = {}, of = commit) =>
    imageInput(repository.path, of, {
      target: 'api',
      args: { GREETING: 'a "b" $c' },
      ...changes,
    })

  test("is built from the commit, pushed, and identified by the registry's digest", async () => {
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
    const given = await input({ target: 'broken' })
    await assert.rejects(
      inActivity(() => activities.buildImage(given)),
      failsAs('BuildFailed', 'image "api" failed', 'about to fail', '7'),
    )
  })

  test('is rejected if its Dockerfile is not in the commit, or its context leads out of the repository', async () => {
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

  test('is pushed without its token in an argument, a log line or a heartbeat', async () => {
    const third = await repository.commit('Third', { text: `third ${folder}` })
    const given = await input({}, third)
    await inActivity(() => activities.buildImage(given))
    const spy = join(folder, 'docker-spy')
    const record = join(folder, 'record')
    await writeFile(spy, spyOn(engine.dockerPath, record), { mode: 0o755 })
    const spied = createBuilderActivities({ hostQueue: 'here', cacheDir, engine: spy })
    const seen: string[] = []
    await inActivity(() => spied.pushImage(given), {
      onLog: (message) => seen.push(message),
      onHeartbeat: (details) => seen.push(JSON.stringify(details) ?? ''),
    })
    const token = await readFile(`${record}.stdin`, 'utf8')
    assert.equal(token.length > 20, true)
    const calls = await readFile(record, 'utf8')
    assert.match(calls, /^login --username AWS --password-stdin 127\.0\.0\.1:\d+$/m)
    const variables = await readFile(`${record}.env`, 'utf8')
    assert.equal(
      [calls, variables, ...seen].some((text) => text.includes(token)),
      false,
    )
  })

  test("is built with the user's own logins, which never receive the token", async () => {
    const bin = join(folder, 'bin')
    const own = join(folder, 'own-config')
    const record = join(folder, 'record-with-logins')
    await Promise.all([mkdir(bin), mkdir(own)])
    await writeFile(join(bin, 'docker-credential-recorder'), credentialHelper(`${record}.helper`), {
      mode: 0o755,
    })
    const otherLogins = {
      'registry.example.com': { auth: Buffer.from('ann:x').toString('base64') },
    }
    const ownConfig = { credsStore: 'recorder', auths: otherLogins }
    const config = JSON.stringify(ownConfig)
    await writeFile(join(own, 'config.json'), config)
    const spy = join(folder, 'config-spy')
    await writeFile(spy, spyOn(engine.dockerPath, record), { mode: 0o755 })
    const spied = createBuilderActivities({ hostQueue: 'here', cacheDir, engine: spy })
    const { PATH: path = '', DOCKER_CONFIG: ownBefore } = process.env
    Object.assign(process.env, { PATH: `${bin}:${path}`, DOCKER_CONFIG: own })
    const auth = Buffer.from('bob:y').toString('base64')
    let host = ''
    try {
      const fourth = await repository.commit('Fourth', { text: `fourth ${folder}` })
      const given = await input({}, fourth)
      host = given.image.repositoryUri.split('/')[0] ?? ''
      const inVariable = { [host]: { auth }, 'registry.example.org': { auth } }
      process.env['DOCKER_AUTH_CONFIG'] = JSON.stringify({ auths: inVariable })
      await inActivity(() => spied.buildImage(given))
      await inActivity(() => spied.pushImage(given))
    } finally {
      process.env['PATH'] = path
      delete process.env['DOCKER_AUTH_CONFIG']
      if (ownBefore === undefined) delete process.env['DOCKER_CONFIG']
      else process.env['DOCKER_CONFIG'] = ownBefore
    }
    const loginsOf = async (verb: string) => {
      const given = JSON.parse(await readFile(`${record}.${verb}`, 'utf8')) as typeof ownConfig
      return [given.credsStore, Object.keys(given.auths).toSorted()]
    }
    assert.deepEqual(await loginsOf('build'), [
      'recorder',
      [host, 'registry.example.com'].toSorted(),
    ])
    assert.deepEqual(await loginsOf('push'), [undefined, [host]])
    const variableOf = async (verb: string) =>
      /^DOCKER_AUTH_CONFIG=(.*)$/m.exec(await readFile(`${record}.${verb}.env`, 'utf8'))?.[1]
    assert.equal(
      await variableOf('build'),
      JSON.stringify({ auths: { 'registry.example.org': { auth } } }),
    )
    assert.equal(await variableOf('push'), undefined)
    const requests = await readFile(`${record}.helper`, 'utf8').catch(() => '')
    assert.doesNotMatch(requests, /^store$/m)
    assert.equal(await readFile(join(own, 'config.json'), 'utf8'), config)
    assert.deepEqual(await readdir(join(cacheDir, 'logins')), [])
  })
})

/** A Docker credential helper that is empty and records its calls. */
const credentialHelper = (record: string) => `#!/bin/sh
echo "$1" >> '${record}'
case "$1" in
  list) echo '{}' ;;
  get) echo 'credentials not found in native keychain'; exit 1 ;;
esac
`

/** A wrapper around Docker that records its calls and passes them on. */
const spyOn = (docker: string, record: string) => `#!/bin/sh
echo "$@" >> '${record}'
env >> '${record}.env'
env > '${record}'."$1".env
[ -z "$DOCKER_CONFIG" ] || cp "$DOCKER_CONFIG/config.json" '${record}'."$1"
if [ "$1" = login ]; then tee '${record}.stdin' | '${docker}' "$@"; else exec '${docker}' "$@"; fi
`
