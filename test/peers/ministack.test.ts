import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openPeerEnvironment, type PeerEnvironment } from './peer-fixture.ts'
import { openPeerStack, type PeerStack } from './local-stack.ts'

/**
 * An emulator by another project, with real containers. It has no service deployment records, never
 * checks a target's health, lists failed deployments for good, and rolls back by making the old
 * deployment PRIMARY again. Slipway is not configured for any of this.
 */
let stack: PeerStack
before(async () => {
  stack = await openPeerStack()
})
after(() => stack?.close())

describe('on an endpoint without service deployments', { concurrency: 3 }, () => {
  test('a good image goes live, and the release names its weaker basis', async () => {
    const environment = await openPeerEnvironment(stack, 'good')
    await environment.commit('v1')
    const result = await environment.deploy('succeeded')
    const { version, digests } = await environment.running()
    assert.equal(version, 'v1')
    for (const { name, revision } of result.services) {
      assert.match(digests[name] ?? '', /^sha256:/)
      assert.equal(digests[name], revision.digests[name])
    }
    for (const name of ['good-api', 'good-worker']) {
      const warning = result.warnings.find((text) => text.includes(`"${name}"`))
      assert.match(warning ?? '', /no service deployment records .*weaker evidence/)
    }
  })

  test('a crash loop is rolled back, and the next release succeeds', async () => {
    const environment = await openPeerEnvironment(stack, 'crash')
    const ranBefore = await environment.running()
    await environment.commit('v1', 'crash')
    const bad = await environment.deploy('rolled_back')
    assert.match(bad.cause ?? '', /exited with/)
    assert.deepEqual(await environment.running(), ranBefore)

    await environment.commit('v2')
    await environment.deploy('succeeded')
    assert.equal((await environment.running()).version, 'v2')
  })

  test('an image that is gone from the registry is rolled back', async () => {
    const environment = await openPeerEnvironment(stack, 'gone')
    const ranBefore = await environment.running()
    const commit = await environment.commit('v1')
    const hold = stack.ministack.hold('UpdateService', 'gone-api')
    const deploying = environment.deploy('rolled_back')
    await Promise.race([hold.reached, deploying])
    await removeEverywhere(environment, `api-${commit}`)
    hold.letGo()
    const bad = await deploying
    assert.match(bad.cause ?? '', /CannotPullContainerError/)
    assert.deepEqual(await environment.running(), ranBefore)
  })
})

/** Removes a tag from the registry, and from the engine, which would otherwise run its own copy. */
async function removeEverywhere(
  { repositoryUri, name }: PeerEnvironment,
  tag: string,
): Promise<void> {
  const reference = `${repositoryUri}:${tag}`
  const manifests = `http://${stack.ministack.registryHost}/v2/${name}/manifests`
  const accept = 'application/vnd.docker.distribution.manifest.v2+json'
  const found = await fetch(`${manifests}/${tag}`, { headers: { accept } })
  const digest = found.headers.get('docker-content-digest')
  const removed = await fetch(`${manifests}/${digest}`, { method: 'DELETE' })
  assert.equal(removed.status, 202)
  const id = await stack.docker('image', 'inspect', '--format', '{{.Id}}', reference)
  await stack.docker('rmi', '--force', id)
}
