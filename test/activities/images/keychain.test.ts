import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ECRClient } from '@aws-sdk/client-ecr'
import { execa } from 'execa'
import { createBuilderActivities } from '../../../activities/index.ts'
import { helloBaseImage } from '../../../local/engine/base-image.ts'
import { pushBootstrapImages } from '../../../local/engine/bootstrap-images.ts'
import { findAllOnPath } from '../../../local/install/find-on-path.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { inActivity } from '../../unit/activities/in-activity.ts'
import { makeRepository, type Repository } from '../git-repository.ts'
import { imageInput, openImageFixture, type ImageFixture } from './image-fixture.ts'

/**
 * Docker's client uses the platform's keychain of its own accord, if there is a helper for one on the
 * PATH and its configuration has neither logins nor helpers.
 */
describe('a registry login beside a keychain', async () => {
  const folder = temporaryFolder()
  const cacheDir = join(folder, 'cache')
  const keychain = join(folder, 'keychain')
  const { PATH: path = '', DOCKER_CONFIG: ownConfig } = process.env
  let fixture: ImageFixture
  let repository: Repository

  before(async () => {
    fixture = await openImageFixture(folder)
    repository = await makeRepository(join(folder, 'repo'))
    const own = join(folder, 'own-config')
    await mkdir(own)
    process.env['DOCKER_CONFIG'] = own
    for (const [name, text] of Object.entries(helpers(keychain))) {
      await mkdir(join(folder, name))
      for (const platform of ['secretservice', 'pass', 'osxkeychain']) {
        const file = join(folder, name, `docker-credential-${platform}`)
        await writeFile(file, text, { mode: 0o755 })
      }
    }
  })

  after(async () => {
    process.env['PATH'] = path
    if (ownConfig === undefined) delete process.env['DOCKER_CONFIG']
    else process.env['DOCKER_CONFIG'] = ownConfig
    await fixture.close()
  })

  async function buildAndPush(engine: string, text: string): Promise<string> {
    const activities = createBuilderActivities({ hostQueue: 'here', cacheDir, engine })
    const commit = await repository.commit(text, {
      Dockerfile: `FROM ${helloBaseImage}\nCOPY text /text\n`,
      text: `${text} ${folder}`,
    })
    const input = await imageInput(repository.path, commit)
    const server = input.image.repositoryUri.split('/')[0] ?? ''
    await writeFile(keychain, ownLogin(server))
    await inActivity(() => activities.buildImage(input))
    await inActivity(() => activities.pushImage(input))
    return server
  }

  for (const builder of ['0', '1']) {
    for (const helper of ['works', 'is broken'] as const) {
      test(`stays out of one whose helper ${helper}, with DOCKER_BUILDKIT=${builder}`, async () => {
        Object.assign(process.env, {
          PATH: `${join(folder, helper)}:${path}`,
          DOCKER_BUILDKIT: builder,
        })
        try {
          for (const client of await dockerClients(fixture)) {
            const server = await buildAndPush(client, `${client} ${helper} ${builder}`)
            assert.equal(await readFile(keychain, 'utf8'), ownLogin(server), client)
          }
        } finally {
          delete process.env['DOCKER_BUILDKIT']
        }
      })
    }
  }

  test('stays out of it while the local stack pushes its first images', async () => {
    process.env['PATH'] = `${join(folder, 'works')}:${path}`
    const { image } = await imageInput(repository.path, 'a'.repeat(40))
    await writeFile(keychain, 'nothing yet\n')
    await pushBootstrapImages(new ECRClient(), fixture.engine, image.repositoryUri, ['api'])
    assert.equal(await readFile(keychain, 'utf8'), 'nothing yet\n')
  })
})

/** Every Docker client of this machine that the engine answers: their versions may differ. */
async function dockerClients({ engine }: ImageFixture): Promise<readonly string[]> {
  const found = await findAllOnPath('docker', ['/usr/local/bin', '/usr/bin'])
  const asked = await Promise.all(
    found.map(async (client) => ({
      client,
      answer: await execa(client, ['version'], {
        env: { DOCKER_HOST: engine.dockerHost },
        reject: false,
      }),
    })),
  )
  const clients = asked.flatMap(({ client, answer }) => (answer.exitCode === 0 ? [client] : []))
  return [...new Set([engine.dockerPath, ...clients])]
}

/** The user's own login to the registry, as the keychain has it. */
const ownLogin = (server: string) =>
  `${JSON.stringify({ ServerURL: server, Username: 'me', Secret: 'mine' })}\n`

/** Credential helpers: one that keeps what it gets in a file, and one without a desktop session. */
const helpers = (keychain: string) => ({
  works: `#!/bin/sh
case $1 in
  store) cat >> '${keychain}'; echo >> '${keychain}' ;;
  get) read -r server
    grep -F "\\"ServerURL\\":\\"$server\\"" '${keychain}' | tail -1 | grep . && exit
    echo 'credentials not found in native keychain'; exit 1 ;;
  erase) cat > /dev/null ;;
  list) echo '{}' ;;
esac
`,
  'is broken': `#!/bin/sh
cat > /dev/null
echo 'Cannot autolaunch D-Bus without X11 $DISPLAY'
exit 1
`,
})
