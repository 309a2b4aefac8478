import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Revision } from '../../../contract/activity-types.ts'
import { inActivity } from '../../unit/activities/in-activity.ts'
import { commit } from '../../unit/environment-specs.ts'
import { indexImageAccount, type IndexImageAccount } from './index-image-account.ts'

/** The tasks of this account report the digest of the manifest that they pulled. */
describe('an image that is an index', () => {
  let account: IndexImageAccount
  let initialDigest: string

  before(async () => {
    account = await indexImageAccount({ mode: 'pin', desiredCount: 1, pulls: [0] })
    initialDigest = (await account.push('first', 'first')).digest
    await account.createService(`${account.repositoryUri}@${initialDigest}`)
  })

  after(() => account.close())

  test('goes live, is verified, redeployed, found as a rebuild, and rolled back to', async () => {
    const { activities, spec, service } = account
    const initial = await account.inspect()
    assert.deepEqual(initial.now.digests, { api: initialDigest })
    assert.deepEqual(initial.rollbackTarget.digests, { api: initialDigest })

    const { digest } = await account.push('second', `api-${commit}-20261124T030000Z`)
    const listed = [digest, ...account.listed(digest)]
    const rebuild = '20261124T030000Z'
    const images = await inActivity(() => activities.findImages({ spec, commit, rebuild }))
    const pushed = images.flatMap((one) => (one.digest === undefined ? [] : [{ ...one, digest }]))
    // Not the attestation, which nothing runs.
    assert.equal(pushed[0]?.manifests?.length, 2)
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
    const { started, end } = await account.deploy(revision, initial)
    assert.equal(end.kind, 'succeeded', JSON.stringify(end))
    const verified = await inActivity(() =>
      activities.verifyRelease({ spec, revisions: [revision], started: [started] }),
    )
    assert.equal(verified.kind, 'succeeded')

    const live = await account.inspect()
    assert.deepEqual(live.now.digests, { api: digest })
    assert.deepEqual(live.now.imageDigests?.['api'], listed)
    const [found] = await inActivity(() => activities.findImages({ spec, commit, running: [live] }))
    assert.equal(found?.digest, digest)

    const same: Revision = { service: 'api', registered: false, ...live.now }
    const redeployed = await account.deploy(same, live, true)
    assert.equal(redeployed.end.kind, 'succeeded')

    const back = await inActivity(() =>
      activities.rollBackService({
        spec,
        service,
        to: initial.rollbackTarget,
        started: redeployed.started,
        deadline: Date.now() + 3_000,
      }),
    )
    assert.equal(back.kind, 'succeeded', JSON.stringify(back))
  })

  test('can be requested as the target of a rollback', async () => {
    const [target] = await inActivity(() =>
      account.activities.resolveRollback({ spec: account.spec, to: 'mailman-api:2' }),
    )
    assert.equal(target?.imageDigests?.['api']?.length, 3)
    assert.equal((await account.deploy(target, await account.inspect())).end.kind, 'succeeded')
  })

  test('is judged by its own digest alone where the worker may not read what it lists', async () => {
    const { api: index = '' } = (await account.inspect()).now.digests
    account.simulator.faults.add({ kind: 'deny', operation: 'ECR:BatchGetImage', count: 'forever' })
    try {
      const { now } = await account.inspect()
      assert.deepEqual(Object.values(now.digests), account.listed(index).slice(0, 1))
      assert.equal(now.imageDigests, undefined)
    } finally {
      account.simulator.faults.clear()
    }
  })
})
