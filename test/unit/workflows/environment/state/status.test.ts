import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LedgerEntry, RunningRelease } from '../../../../../contract/environment.ts'
import type { ReleaseRequest } from '../../../../../contract/requests.ts'
import { statusOf } from '../../../../../workflows/environment/state/status.ts'
import {
  freezeAt,
  newEnvironmentState,
  withControl,
  type EnvironmentState,
} from '../../../../../workflows/environment/state/state.ts'
import { ended } from '../../../activities/notifications/notifications.ts'
import { commit, deployOf, specFor } from '../../../../workflows/fixtures.ts'

const empty = newEnvironmentState('production', 'mailman')
const spec = specFor('queue')
const running: RunningRelease = { id: 'runs', kind: 'deploy', requestedBy: 'ci', startedAt: 0 }

test('the status of a new environment has empty lists, and nothing that there is not', () => {
  assert.deepEqual(statusOf(empty, undefined, 1), {
    environment: 'production',
    project: 'mailman',
    waiting: [],
    superseded: [],
    controls: [],
    releases: [],
  })
  assert.ok(!('unsent' in statusOf({ ...empty, unsent: [] }, undefined, 1)))
})

const live: LedgerEntry = {
  id: 'live',
  kind: 'deploy',
  requestedBy: 'ann',
  startedAt: 0,
  endedAt: 1,
  outcome: 'succeeded',
  message: 'It runs.',
  services: [],
}

test('the status shows all that an environment holds, except specs', () => {
  const notification = ended()
  const undelivered = { release: 'x', event: 'outcome', to: 'slack (A)', at: 3, reason: 'down' }
  const state: EnvironmentState = {
    ...empty,
    spec,
    ledger: { live, releases: [live] },
    freeze: { by: 'ann', reason: 'incident', since: 0 },
    superseded: [{ id: 'old', by: 'new', at: 1 }],
    controls: [{ kind: 'freeze', by: 'ann', at: 0 }],
    unsent: [{ notification, to: { type: 'slack', urlFrom: 'HOOK', on: ['outcome'] } }],
    undelivered: [undelivered],
  }
  assert.deepEqual(statusOf(state, running, 1), {
    environment: 'production',
    project: 'mailman',
    live,
    running,
    waiting: [],
    freeze: state.freeze,
    superseded: state.superseded,
    controls: state.controls,
    releases: [live],
    unsent: [
      {
        event: 'outcome',
        release: 'release/production/3f2c1ab4d5e6',
        to: 'slack (HOOK)',
        since: notification.at,
      },
    ],
    undelivered: [undelivered],
  })
})

test('a request that waits says what for, and how it gets around a freeze', () => {
  const request: ReleaseRequest = { kind: 'rollback', spec, requestedBy: 'ann' }
  const urgent = deployOf(spec, { override: { reason: 'the site is down' } })
  const approval = { kind: 'given', by: 'bob', at: 1 } as const
  const state: EnvironmentState = {
    ...empty,
    waiting: [
      { input: { id: 'back', request }, since: 1 },
      { input: { id: 'urgent', request: urgent, commit }, since: 2, approval },
      { input: { id: 'plain', request: deployOf(spec), commit }, since: 3 },
    ],
  }
  const ofDeploy = {
    kind: 'deploy',
    commit,
    subject: 'Add organization id to inboxes',
    requestedBy: 'ann@laptop',
  }
  assert.deepEqual(statusOf(state, undefined, 1).waiting, [
    { id: 'back', kind: 'rollback', requestedBy: 'ann', since: 1 },
    {
      id: 'urgent',
      ...ofDeploy,
      since: 2,
      waitsFor: { kind: 'queue', behind: 'back' },
      approval,
      override: 'the site is down',
    },
    { id: 'plain', ...ofDeploy, since: 3, waitsFor: { kind: 'queue', behind: 'back' } },
  ])
})

test('a freeze is in effect until its end, or for ever', () => {
  const freeze = { by: 'ann', reason: 'incident', since: 0 }
  assert.equal(freezeAt({ ...empty, freeze }, 1e15), freeze)
  const ends = { ...freeze, until: 100 }
  assert.equal(freezeAt({ ...empty, freeze: ends }, 99), ends)
  assert.equal(freezeAt({ ...empty, freeze: ends }, 100), undefined)
})

test('the last fifty manual actions are kept, the newest first', () => {
  const state = Array.from({ length: 60 }).reduce(
    (before: EnvironmentState, _, at) => withControl(before, { kind: 'freeze', by: 'ann', at }),
    empty,
  )
  assert.equal(state.controls.length, 50)
  assert.equal(state.controls[0]?.at, 59)
})
