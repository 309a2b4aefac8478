import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RunningRelease } from '../../../../../../contract/environment.ts'
import type { ReleaseRequest } from '../../../../../../contract/requests.ts'
import { admit } from '../../../../../../workflows/environment/state/admission.ts'
import type { EnvironmentState } from '../../../../../../workflows/environment/state/state.ts'
import { anotherCommit, commit, deployOf } from '../../../../../workflows/fixtures.ts'
import { after, deploy, empty, id, redeploy, rollback, running, spec, specOf } from './requests.ts'

const rejected = (state: EnvironmentState, request: ReleaseRequest, runs?: RunningRelease) => {
  const admission = admit(state, runs, request, 5)
  assert.ok(admission.kind === 'rejected', admission.kind)
  return [admission.reason, admission.retryable]
}

describe('a request is rejected', () => {
  test('for good, if it is meant for another environment or project', () => {
    const staging = deployOf({ ...spec, environment: 'staging' })
    assert.deepEqual(rejected(empty, staging), [
      'this is environment production, not staging',
      false,
    ])
    assert.deepEqual(rejected(empty, deployOf({ ...spec, project: 'other' })), [
      'environment production of this namespace belongs to project mailman, not other: give the environment another name, or use another namespace',
      false,
    ])
  })

  test('for good, if it is a rollback to nothing', () => {
    assert.deepEqual(rejected(empty, { ...rollback, to: 'eeeeeee' }), [
      'there is no release eeeeeee in the ledger; list them with: slipway releases',
      false,
    ])
  })

  test('for now, while the environment is frozen', () => {
    const freeze = { by: 'ann', reason: 'incident', since: 0 }
    const how =
      'by ann (incident): lift the freeze with "slipway unfreeze production", or override it with --override-freeze --reason'
    assert.deepEqual(rejected({ ...empty, freeze }, deploy), [`production is frozen ${how}`, true])
    const until = 60_000
    assert.deepEqual(rejected({ ...empty, freeze: { ...freeze, until } }, redeploy), [
      `production is frozen until 1970-01-01T00:01:00.000Z ${how}`,
      true,
    ])
  })

  test('for now, where nothing may wait and another release runs or waits', () => {
    const alone = specOf({ policy: 'reject' })
    const request = deployOf(alone)
    assert.deepEqual(rejected(empty, request, running), [
      'release/production/running is running (deploy of fffffff, requested by ci, since 1970-01-01T00:00:00.000Z)',
      true,
    ])
    assert.deepEqual(rejected(after(deploy), deployOf(alone, { commit: anotherCommit })), [
      `${id} waits already, and this environment has no queue`,
      true,
    ])
    assert.equal(admit(empty, undefined, request, 5).kind, 'admitted')
    const same = { ...running, commit }
    assert.equal(admit(empty, same, request, 5).kind, 'joined')
  })
})

describe('a request joins', () => {
  test('the release of the same commit that runs', () => {
    const same = { ...running, commit }
    assert.deepEqual(admit(empty, same, deploy, 5), { kind: 'joined', id: same.id, state: empty })
  })

  test('no release of its commit that is no deploy', () => {
    const back: RunningRelease = { ...running, kind: 'rollback', commit }
    assert.equal(admit(empty, back, deploy, 5).kind, 'admitted')
    const state: EnvironmentState = {
      ...empty,
      waiting: [{ input: { id: 'back', request: rollback, commit }, since: 0 }],
    }
    assert.equal(admit(state, undefined, deploy, 5).kind, 'admitted')
  })

  test('the one that waits and does the same, among others', () => {
    const queue = specOf({ policy: 'queue' })
    const state = after(deployOf(queue, { commit: anotherCommit }), deployOf(queue), {
      ...redeploy,
      spec: queue,
    })
    const joined = (request: ReleaseRequest) => {
      const admission = admit(state, undefined, request, 9)
      return admission.kind === 'joined' ? admission.id : admission.kind
    }
    assert.equal(joined(deploy), id)
    assert.equal(joined(redeploy), 'release/production/redeploy-19700101T000000Z')
    assert.equal(joined(rollback), 'admitted')
  })

  test('nothing if it is a rollback, though a deploy of an unknown commit runs', () => {
    const { commit: _, ...unknown } = running
    assert.equal(admit(empty, unknown, rollback, 5).kind, 'admitted')
  })

  test('and leaves an override of a freeze that is there', () => {
    const state = after(deployOf(spec, { override: { reason: 'fire' } }))
    assert.deepEqual(admit(state, undefined, deploy, 5), { kind: 'joined', id, state })
  })

  test('and takes its override of a freeze there, and to no other', () => {
    const queue = specOf({ policy: 'queue' })
    const another = deployOf(queue, { commit: anotherCommit })
    const state = after(another, deployOf(queue))
    const frozen = { ...state, freeze: { by: 'ann', reason: '', since: 0 } }
    const override = { reason: 'fire' }
    const admission = admit(frozen, undefined, { ...deploy, override }, 9)
    assert.ok(admission.kind === 'joined')
    assert.deepEqual(
      admission.state.waiting.map(({ input }) => input.request),
      [another, { ...deployOf(queue), override }],
    )
    assert.deepEqual({ ...admission.state, waiting: [] }, { ...frozen, waiting: [] })
  })
})
