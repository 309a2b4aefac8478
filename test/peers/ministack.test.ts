import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openPlace, type Place } from './peer-fixture.ts'
import { openPeerYard, type PeerYard } from './local-stack.ts'

/**
 * An emulator that others wrote, with real containers. It has no records of service deployments,
 * never checks a target's health, keeps failed deployments in the list for good, and goes back by
 * making the old deployment PRIMARY again. Slipway is told nothing of all that.
 */
let yard: PeerYard
before(async () => {
  yard = await openPeerYard()
})
after(() => yard?.close())

describe('on an endpoint that knows no service deployments', { concurrency: 3 }, () => {
  test('a good image goes live, and the release says that its evidence is weaker', async () => {
    const place = await openPlace(yard, 'good')
    await place.commit('v1')
    const result = await place.deploy('succeeded')
    const { version, digests } = await place.running()
    assert.equal(version, 'v1')
    for (const { name, revision } of result.services) {
      assert.match(digests[name] ?? '', /^sha256:/)
      assert.equal(digests[name], revision.digests[name])
    }
    for (const name of ['good-api', 'good-worker']) {
      const said = result.warnings.find((warning) => warning.includes(`"${name}"`))
      assert.match(said ?? '', /no service deployment records .*weaker evidence/)
    }
  })

  test('a crash loop comes back, and the next release goes out all the same', async () => {
    const place = await openPlace(yard, 'crash')
    const ranBefore = await place.running()
    await place.commit('v1', 'crash')
    const bad = await place.deploy('rolled_back')
    assert.match(bad.cause ?? '', /exited with/)
    assert.deepEqual(await place.running(), ranBefore)

    await place.commit('v2')
    await place.deploy('succeeded')
    assert.equal((await place.running()).version, 'v2')
  })

  test('an image that is gone from the registry comes back', async () => {
    const place = await openPlace(yard, 'gone')
    const ranBefore = await place.running()
    const commit = await place.commit('v1')
    const hold = yard.ministack.hold('UpdateService', 'gone-api')
    const deploying = place.deploy('rolled_back')
    await Promise.race([hold.reached, deploying])
    await removeEverywhere(place, `api-${commit}`)
    hold.letGo()
    const bad = await deploying
    assert.match(bad.cause ?? '', /CannotPullContainerError/)
    assert.deepEqual(await place.running(), ranBefore)
  })
})

/** From the registry, and from the engine, which would run what it still has. */
async function removeEverywhere({ repositoryUri, name }: Place, tag: string): Promise<void> {
  const reference = `${repositoryUri}:${tag}`
  const manifests = `http://${yard.ministack.registryHost}/v2/${name}/manifests`
  const accept = 'application/vnd.docker.distribution.manifest.v2+json'
  const found = await fetch(`${manifests}/${tag}`, { headers: { accept } })
  const digest = found.headers.get('docker-content-digest')
  const removed = await fetch(`${manifests}/${digest}`, { method: 'DELETE' })
  assert.equal(removed.status, 202)
  const id = await yard.docker('image', 'inspect', '--format', '{{.Id}}', reference)
  await yard.docker('rmi', '--force', id)
}
