import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createBuilderActivities } from '../../../activities/index.ts'
import { inActivity } from '../../unit/activities/in-activity.ts'
import { openGreetingImage, type GreetingImage } from './greeting-image.ts'

let fixture: GreetingImage
before(async () => {
  fixture = await openGreetingImage()
})
after(() => fixture.close())

describe('an image', () => {
  test('is pushed without its token in an argument, a log line or a heartbeat', async () => {
    const { repository, input, activities, folder, cacheDir, engine } = fixture
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
    const { repository, input, folder, cacheDir, engine } = fixture
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
