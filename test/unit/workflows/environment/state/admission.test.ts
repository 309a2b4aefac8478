import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admit } from '../../../../../workflows/environment/state/admission.ts'
import { control } from '../../../../../workflows/environment/state/controls.ts'
import {
  newEnvironmentState,
  type EnvironmentState,
} from '../../../../../workflows/environment/state/state.ts'
import {
  afterTimer,
  nextTimer,
  nextToStart,
} from '../../../../../workflows/environment/state/queue.ts'
import type { RunningRelease } from '../../../../../contract/environment.ts'
import type { ReleaseRequest } from '../../../../../contract/requests.ts'
import { anotherCommit, commit, deployOf, specFor } from '../../../../workflows/fixtures.ts'

const spec = specFor('queue')
const running: RunningRelease = {
  id: 'release/production/running',
  kind: 'deploy',
  commit: 'f'.repeat(40),
  requestedBy: 'ci',
  startedAt: 0,
}
const redeploy: ReleaseRequest = { kind: 'redeploy', spec, requestedBy: 'schedule' }

/** The state after these requests, each of which must be let in. */
function afterRequests(...requests: ReleaseRequest[]): EnvironmentState {
  return requests.reduce(
    (state, request, index) => {
      const admission = admit(state, running, request, index)
      assert.equal(admission.kind, 'admitted')
      return admission.kind === 'admitted' ? admission.state : state
    },
    newEnvironmentState('production', 'mailman'),
  )
}

const ids = (state: EnvironmentState) => state.waiting.map(({ input }) => input.id.split('/')[2])

test('a newer deploy takes the place of older ones, and of nothing else', () => {
  const state = afterRequests(deployOf(spec), redeploy, deployOf(spec, { commit: anotherCommit }))
  assert.deepEqual(ids(state), ['redeploy-19700101T000000Z', anotherCommit.slice(0, 12)])
  assert.deepEqual(
    state.superseded.map(({ id, by }) => [id, by]),
    [
      [
        `release/production/${commit.slice(0, 12)}`,
        `release/production/${anotherCommit.slice(0, 12)}`,
      ],
    ],
  )
})

test('a redeploy joins one that waits, and a deploy one of the same commit', () => {
  const state = afterRequests(deployOf(spec), redeploy)
  for (const request of [redeploy, deployOf(spec)]) {
    assert.equal(admit(state, running, request, 5).kind, 'joined')
  }
})

test('while it is frozen nothing starts but what overrides that, and rollbacks', () => {
  const state = afterRequests(deployOf(spec))
  const frozen: EnvironmentState = {
    ...state,
    freeze: { by: 'ann', reason: '', since: 0, until: 100 },
  }
  assert.equal(nextToStart(frozen, 50), undefined)
  assert.equal(admit(frozen, running, redeploy, 50).kind, 'rejected')
  const over = admit(
    frozen,
    running,
    deployOf(spec, { commit: anotherCommit, override: { reason: 'fire' } }),
    50,
  )
  assert.equal(over.kind, 'admitted')
  if (over.kind === 'admitted') {
    assert.equal(nextToStart(over.state, 50)?.input.commit, anotherCommit)
  }
  assert.deepEqual(nextTimer(frozen), { at: 100, what: 'the freeze expires' })
  assert.equal(afterTimer(frozen, 100).freeze, undefined)
  assert.equal(nextToStart(frozen, 100)?.input.commit, commit)
})

const withApproval = specFor('queue', {
  admission: {
    policy: 'queue',
    supersedeRunning: false,
    freezes: [],
    approval: { timeoutMs: 10 },
  },
})

test('what needs an approval lets others go first, and ends when it does not come', () => {
  const state = afterRequests(deployOf(withApproval), redeploy)
  assert.equal(nextToStart(state, 1)?.input.request.kind, 'redeploy')
  const late = afterTimer(state, 10)
  assert.deepEqual(ids(late), ['redeploy-19700101T000000Z'])
  assert.equal(late.ledger.releases[0]?.outcome, 'rejected')
})

test('where several wait for an approval, it must name one', () => {
  const state = afterRequests(
    deployOf(withApproval),
    deployOf(withApproval, { commit: anotherCommit }),
  )
  const unnamed = control(state, running, 'approve', { by: 'bob' }, 1)
  assert.equal(unnamed.kind, 'rejected')
  const release = state.waiting[1]?.input.id ?? ''
  const named = control(state, running, 'approve', { by: 'bob', release }, 1)
  assert.equal(named.kind === 'done' && nextToStart(named.state, 1)?.input.id, release)
})

test('a release that waits can be cancelled by its name, and never starts', () => {
  const state = afterRequests(deployOf(spec))
  const release = state.waiting[0]?.input.id ?? ''
  const cancelled = control(state, running, 'cancel', { by: 'bob', release }, 1)
  assert.equal(cancelled.kind, 'done')
  if (cancelled.kind !== 'done') return
  assert.equal(cancelled.toRunning, undefined)
  assert.deepEqual(cancelled.state.waiting, [])
  assert.equal(cancelled.state.ledger.releases[0]?.outcome, 'cancelled')
})

test('a deploy that builds anew joins its like alone, and lets a plain one of its commit join', () => {
  const plainDeploy = deployOf(spec)
  const anew = deployOf(spec, { rebuild: '20260301T030000Z' })
  const ofRunning = deployOf(spec, { commit: running.commit ?? '' })
  const kindAfter = (first: ReleaseRequest, second: ReleaseRequest) =>
    admit(afterRequests(first), running, second, 5).kind
  assert.equal(kindAfter(plainDeploy, anew), 'admitted')
  assert.equal(kindAfter(anew, plainDeploy), 'joined')
  assert.equal(kindAfter(anew, { ...anew, rebuild: '20260302T030000Z' }), 'joined')
  assert.equal(kindAfter(redeploy, ofRunning), 'joined')
  assert.equal(kindAfter(redeploy, { ...ofRunning, rebuild: '20260301T030000Z' }), 'admitted')
})

test('a request for another environment is refused, whoever let it come here', () => {
  const elsewhere = deployOf({ ...spec, environment: 'staging' })
  const admission = admit(newEnvironmentState('production', 'mailman'), undefined, elsewhere, 5)
  assert.equal(admission.kind, 'rejected')
})
