import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { inActivity } from '../../unit/activities/in-activity.ts'
import { commit } from '../../unit/environment-specs.ts'
import { activities, indexImageAccount, type IndexImageAccount } from './index-image-account.ts'

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
    const { spec } = account
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
