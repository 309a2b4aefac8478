import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LedgerEntry, RunningRelease } from '../../../../../contract/environment.ts'
import {
  newEnvironmentState,
  type EnvironmentState,
} from '../../../../../workflows/environment/state/state.ts'
import {
  endedStatusOf,
  notifySubscribers,
  withSubscription,
} from '../../../../../workflows/environment/state/subscribers.ts'
import { commit, deployOf, specFor } from '../../../../workflows/fixtures.ts'

const empty = newEnvironmentState('production', 'mailman')
const running: RunningRelease = { id: 'runs', kind: 'deploy', requestedBy: 'ci', startedAt: 0 }
const input = { id: 'waits', request: deployOf(specFor('queue')), commit }

const entry = (id: string, change: Partial<LedgerEntry> = {}): LedgerEntry => ({
  id,
  kind: 'deploy',
  requestedBy: 'ann',
  startedAt: 0,
  endedAt: 1,
  outcome: 'rolled_back',
  message: 'It is back.',
  services: [],
  ...change,
})

/** An environment that has a release of every kind. */
const state: EnvironmentState = {
  ...empty,
  waiting: [
    { input, since: 0 },
    { input: { ...input, id: 'waits too' }, since: 0 },
  ],
  superseded: [{ id: 'old', by: 'new', at: 1 }],
  ledger: {
    releases: [
      entry('ended'),
      entry('sick', { cause: 'It crashes.' }),
      entry('runs'),
      entry('waits'),
    ],
  },
}

test('the end of a release is known from the ledger, with its cause', () => {
  assert.deepEqual(endedStatusOf(state, running, 'ended'), {
    kind: 'ended',
    releaseId: 'ended',
    outcome: 'rolled_back',
    message: 'It is back.',
  })
  assert.equal(endedStatusOf(state, undefined, 'sick')?.message, 'It is back. Cause: It crashes.')
})

test('a superseded request has ended, and names the newer one', () => {
  assert.deepEqual(endedStatusOf(state, running, 'old'), {
    kind: 'ended',
    releaseId: 'old',
    outcome: 'superseded',
    message: 'new took its place before it started; nothing was touched.',
  })
})

test('a release that runs, waits or is unknown has not ended', () => {
  for (const id of ['runs', 'waits', 'unknown']) {
    assert.equal(endedStatusOf(state, running, id), undefined)
  }
})

const ann = { workflowId: 'scheduled-1', runId: 'run' }
const bob = { workflowId: 'scheduled-2' }

test('a request that came without a requester subscribes nobody', () => {
  assert.equal(withSubscription(empty, undefined, 'ended'), empty)
})

test('a requester learns of the end of its release once, and others go on waiting', () => {
  const subscribed = withSubscription(withSubscription(state, ann, 'ended'), bob, 'waits')
  assert.deepEqual(subscribed.subscriptions, [
    { ...ann, releaseId: 'ended' },
    { ...bob, releaseId: 'waits' },
  ])
  const first = notifySubscribers(subscribed, running)
  assert.deepEqual(first.deliveries, [
    {
      requester: ann,
      requestStatus: {
        kind: 'ended',
        releaseId: 'ended',
        outcome: 'rolled_back',
        message: 'It is back.',
      },
    },
  ])
  assert.deepEqual(first.state, { ...state, subscriptions: [{ ...bob, releaseId: 'waits' }] })
  const again = notifySubscribers(first.state, running)
  assert.deepEqual(again, { state: first.state, deliveries: [] })
  assert.equal(again.state, first.state)
})

test('an environment that nobody subscribes to has nobody to notify', () => {
  const { state: after, deliveries } = notifySubscribers(state, running)
  assert.equal(after, state)
  assert.deepEqual(deliveries, [])
})
