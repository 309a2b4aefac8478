import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Revision } from '../../../contract/activity-types.ts'
import { inActivity } from '../../unit/activities/in-activity.ts'
import { commit } from '../../unit/environment-specs.ts'
import { indexImageAccount, type IndexImageAccount } from './index-image-account.ts'

describe('an image that is an index, with tasks of two platforms', () => {
  let account: IndexImageAccount
  let index: string

  before(async () => {
    account = await indexImageAccount({ mode: 'pin', desiredCount: 2, pulls: [0, 1] })
    index = (await account.push('first', 'first')).digest
    await account.createService(`${account.repositoryUri}@${index}`)
  })

  after(() => account.close())

  test('is what runs and what is rolled back to, and a rebuild of it is found again', async () => {
    const { activities, spec } = account
    const initial = await account.inspect()
    for (const { digests, imageDigests } of [initial.now, initial.rollbackTarget]) {
      assert.deepEqual(digests, { api: index })
      assert.deepEqual(imageDigests, { api: [index, ...account.listed(index)] })
    }

    const rebuild = '20261124T030000Z'
    const { digest } = await account.push('second', `api-${commit}-${rebuild}`)
    const images = await inActivity(() => activities.findImages({ spec, commit, rebuild }))
    const pushed = images.flatMap((one) => (one.digest === undefined ? [] : [{ ...one, digest }]))
    const [revision] = await inActivity(() =>
      activities.registerRevisions({
        spec,
        release: 'r',
        commit,
        running: [initial],
        images: pushed,
      }),
    )
    assert.ok(revision)
    const { end } = await account.deploy(revision, initial)
    assert.equal(end.kind, 'succeeded', JSON.stringify(end))
    const live = await account.inspect()
    assert.deepEqual(live.now.digests, { api: digest })
    const [found] = await inActivity(() => activities.findImages({ spec, commit, running: [live] }))
    assert.equal(found?.digest, digest)
  })
})

describe('an image that is an index, by its moving tag', () => {
  let account: IndexImageAccount
  let index: string

  before(async () => {
    account = await indexImageAccount({ mode: 'force', desiredCount: 1, pulls: [0] })
    index = (await account.push('first', 'first')).digest
    await account.moveTag(index)
    await account.createService(`${account.repositoryUri}:api-latest`)
  })

  after(() => account.close())

  test('is redeployed and rolled back to with the tag on the index, not on one platform', async () => {
    const { activities, spec, service } = account
    const live = await account.inspect()
    for (const { digests, imageDigests } of [live.now, live.rollbackTarget]) {
      assert.deepEqual(digests, { api: index })
      assert.deepEqual(imageDigests, { api: [index, ...account.listed(index)] })
    }

    await account.moveTag(live.now.digests['api'])
    const same: Revision = { service: 'api', registered: false, ...live.now }
    const redeployed = await account.deploy(same, live, true)
    assert.equal(redeployed.end.kind, 'succeeded', JSON.stringify(redeployed.end))

    const again = await account.inspect()
    const { digest } = await account.push('second', 'second')
    await account.moveTag(digest)
    const images = { api: [digest, ...account.listed(digest)] }
    const next = { ...same, digests: { api: digest }, imageDigests: images }
    const { started, end } = await account.deploy(next, again, true)
    assert.equal(end.kind, 'succeeded', JSON.stringify(end))
    const { rollbackTarget: to } = again
    await account.moveTag(to.digests['api'])
    const back = await inActivity(() =>
      activities.rollBackService({ spec, service, to, started, deadline: Date.now() + 3_000 }),
    )
    assert.equal(back.kind, 'succeeded', JSON.stringify(back))
    assert.deepEqual((await account.inspect()).now.digests, { api: index })
  })

  test('stays unknown where the tag has moved on since its tasks pulled it', async () => {
    const { digest } = await account.push('third', 'api-latest')
    const { now } = await account.inspect()
    assert.notEqual(now.digests['api'], digest)
    assert.equal(now.imageDigests, undefined)
  })
})
