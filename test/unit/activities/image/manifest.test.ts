import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { platformsOf, readManifest } from '../../../../activities/image/manifest.ts'
import { awsError, fakeAws } from '../fake-aws.ts'
import { inActivity, failsAs } from '../in-activity.ts'

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`
const listed = (content: string, platform?: object, more: object = {}) => ({
  digest: digestOf(content),
  size: 1,
  ...(platform && { platform }),
  ...more,
})
const amd64 = { os: 'linux', architecture: 'amd64' }
const arm64 = { os: 'linux', architecture: 'arm64', variant: 'v8' }

/** What is read of an image with this manifest. */
async function read(manifest: object | string, imageDigest?: string) {
  const imageManifest = typeof manifest === 'string' ? manifest : JSON.stringify(manifest)
  const { clients } = fakeAws({ BatchGetImage: () => ({ images: [{ imageManifest }] }) })
  const id = { imageDigest: imageDigest ?? digestOf(imageManifest) }
  const found = await inActivity(() => readManifest(clients, 'hello', id))
  return found && { ...found, made: await platformsOf(clients, 'hello', found) }
}

/** What is read if ECR answers with this error. */
const failing = (error: Error) => {
  const { clients } = fakeAws({
    BatchGetImage: () => {
      throw error
    },
  })
  return inActivity(() => readManifest(clients, 'hello', { imageTag: 'one' }))
}

describe('the manifest of an image', () => {
  test('that is an index gives what it lists, and for which platforms', async () => {
    const found = await read({ manifests: [listed('one', amd64), listed('two', arm64)] })
    assert.deepEqual(found?.manifests, [digestOf('one'), digestOf('two')])
    assert.deepEqual(found.made, [amd64, arm64])
  })

  test('lists attestations, which are no images to run', async () => {
    const unknown = { os: 'unknown', architecture: 'unknown' }
    const reference = { 'vnd.docker.reference.type': 'attestation-manifest' }
    const found = await read({
      manifests: [
        listed('one', amd64),
        listed('two', unknown),
        listed('three', undefined, { annotations: reference }),
      ],
    })
    assert.deepEqual(found?.manifests, [digestOf('one')])
    assert.deepEqual(found.made, [amd64])
  })

  test('says no platform if an entry of it does not', async () => {
    const found = await read({ manifests: [listed('one', amd64), listed('two')] })
    assert.equal(found?.manifests.length, 2)
    assert.equal(found.made, undefined)
    assert.equal((await read({ manifests: [] }))?.made, undefined)
  })

  test('is read up to a hundred entries', async () => {
    const manifests = Array.from({ length: 150 }, (_, index) => listed(String(index), amd64))
    assert.equal((await read({ manifests }))?.manifests.length, 100)
  })

  test('proves nothing if it is malformed or has another digest', async () => {
    assert.equal((await read('not JSON'))?.made, undefined)
    assert.deepEqual((await read({ manifests: ['x', 7, { digest: 7 }] }))?.manifests, [])
    assert.equal(await read({ manifests: [listed('one', amd64)] }, digestOf('other')), undefined)
  })

  test('is unknown without the permission, and asked for again after a transient error', async () => {
    assert.equal(await failing(awsError('AccessDeniedException')), undefined)
    await assert.rejects(
      failing(awsError('ServerException', 'try again', 500)),
      failsAs('Unavailable'),
    )
  })
})
