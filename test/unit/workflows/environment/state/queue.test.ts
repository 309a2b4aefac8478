import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Approval } from '../../../../../contract/environment.ts'
import type { ReleaseRequest } from '../../../../../contract/requests.ts'
import {
  afterTimer,
  endWaiting,
  nextTimer,
  nextToStart,
  withoutWaiting,
} from '../../../../../workflows/environment/state/queue.ts'
import {
  newEnvironmentState,
  type EnvironmentState,
  type Waiting,
} from '../../../../../workflows/environment/state/state.ts'
import { commit, deployOf, specFor } from '../../../../workflows/fixtures.ts'

const empty = newEnvironmentState('production', 'mailman')
const spec = specFor('queue')
const rollback: ReleaseRequest = { kind: 'rollback', spec, requestedBy: 'ann' }
const freeze = { by: 'ann', reason: 'incident', since: 0 }

function waiting(
  id: string,
  approval?: Approval,
  request: ReleaseRequest = deployOf(spec),
): Waiting {
  const one = { input: { id, request, commit }, since: 1 }
  return approval === undefined ? one : { ...one, approval }
}

const until = (at: number): Approval => ({ kind: 'needed', until: at })
const given: Approval = { kind: 'given', by: 'bob', at: 1 }

const stateWith = (all: readonly Waiting[], more: Partial<EnvironmentState> = {}) => ({
  ...empty,
  waiting: all,
  ...more,
})

const next = (all: readonly Waiting[], more: Partial<EnvironmentState> = {}) =>
  nextToStart(stateWith(all, more), 1)?.input.id

test('the next to start is the first that waits neither for an approval nor for a thaw', () => {
  assert.equal(next([]), undefined)
  assert.equal(next([waiting('a', until(9)), waiting('b', given), waiting('c')]), 'b')
  const back = waiting('back', until(9), rollback)
  assert.equal(next([waiting('a', until(9)), back]), 'back')
  assert.equal(next([waiting('a'), back], { freeze }), 'back')
})

test('the next timer is the one that fires first, and says what for', () => {
  assert.equal(nextTimer(stateWith([waiting('a'), waiting('b', given)], { freeze })), undefined)
  const all = [waiting('a', until(30)), waiting('b', until(20)), waiting('c', given)]
  const expires = { at: 20, what: 'the approval of b expires' }
  assert.deepEqual(nextTimer(stateWith(all)), expires)
  assert.deepEqual(nextTimer(stateWith(all, { freeze: { ...freeze, until: 25 } })), expires)
  assert.deepEqual(nextTimer(stateWith(all, { freeze: { ...freeze, until: 10 } })), {
    at: 10,
    what: 'the freeze expires',
  })
})

test('a request that was not approved in time has ended, and the others wait on', () => {
  const others = [waiting('b', until(11)), waiting('c', given), waiting('d')]
  const state = afterTimer(stateWith([waiting('a', until(10)), ...others]), 10)
  assert.deepEqual(state.waiting, others)
  assert.deepEqual(state.ledger.releases, [
    {
      id: 'a',
      kind: 'deploy',
      commit,
      subject: 'Add organization id to inboxes',
      requestedBy: 'ann@laptop',
      startedAt: 1,
      endedAt: 10,
      outcome: 'rejected',
      message: 'Not approved in time; nothing was changed.',
      services: [],
    },
  ])
})

test('a freeze goes when it has expired, and not before', () => {
  const frozen = stateWith([], { freeze: { ...freeze, until: 10 } })
  assert.equal(afterTimer(frozen, 9), frozen)
  assert.ok(!('freeze' in afterTimer(frozen, 10)))
  assert.equal(afterTimer(stateWith([], { freeze }), 1e15).freeze, freeze)
  assert.deepEqual(afterTimer(empty, 10), empty)
})

test('a request that ends without starting leaves the queue for the ledger', () => {
  const one = waiting('a')
  const other = waiting('b')
  const state = endWaiting(stateWith([one, other]), one, 7, 'cancelled', 'no')
  assert.deepEqual(state.waiting, [other])
  assert.equal(state.ledger.releases[0]?.outcome, 'cancelled')
  assert.deepEqual(withoutWaiting(stateWith([one, other]), 'b').waiting, [one])
})
