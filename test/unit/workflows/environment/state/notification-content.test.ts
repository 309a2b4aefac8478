import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NotificationSpec } from '../../../../../contract/environment-spec.ts'
import type { LedgerEntry } from '../../../../../contract/environment.ts'
import type { ReleaseRequest } from '../../../../../contract/requests.ts'
import {
  notificationsOf,
  type EnvironmentSnapshot,
} from '../../../../../workflows/environment/state/notifications.ts'
import { newEnvironmentState } from '../../../../../workflows/environment/state/state.ts'
import { commit, deployOf, specFor } from '../../../../workflows/fixtures.ts'

const to: NotificationSpec = { type: 'slack', urlFrom: 'HOOK', on: ['started', 'outcome'] }
const spec = specFor('queue', { notifications: [to] })
const state = newEnvironmentState('production', 'mailman')

/** A moment in which Temporal has started a release of this request. */
function runs(id: string, request: ReleaseRequest = deployOf(spec)): EnvironmentSnapshot {
  return { state, running: { input: { id, request, commit }, startedAt: 2, hasStarted: true } }
}

function startOf(request: ReleaseRequest) {
  const [first] = notificationsOf({ state }, runs('new', request), 9)
  assert.ok(first)
  return first.notification
}

test('the start of a release says what it is, without anything that is not given', () => {
  assert.deepEqual(startOf(deployOf(spec)), {
    id: 'new/started/9',
    event: 'started',
    at: 9,
    project: 'mailman',
    environment: 'production',
    release: {
      id: 'new',
      kind: 'deploy',
      commit,
      subject: 'Add organization id to inboxes',
      requestedBy: 'ann@laptop',
    },
    summary: 'mailman 3f2c1ab → production: Add organization id to inboxes',
  })
})

test('the reason is that of a rollback, or of the override of a freeze', () => {
  const rollback = { kind: 'rollback', spec, requestedBy: 'ann', reason: 'it\nis slow' } as const
  assert.equal(startOf(rollback).reason, 'it is slow')
  assert.equal(startOf(deployOf(spec, { override: { reason: 'fire' } })).reason, 'fire')
  assert.ok(!('reason' in startOf({ kind: 'rollback', spec, requestedBy: 'ann' })))
})

test('the address of the Temporal UI is passed on', () => {
  const links = { temporalUi: 'https://temporal.example' }
  assert.equal(startOf(deployOf({ ...spec, links })).temporalUi, links.temporalUi)
  assert.ok(!('temporalUi' in startOf(deployOf({ ...spec, links: {} }))))
})

test('a release that starts right after another one is announced', () => {
  const [first] = notificationsOf(runs('old'), runs('new'), 9)
  assert.equal(first?.notification.release.id, 'new')
  assert.deepEqual(notificationsOf(runs('new'), runs('new'), 9), [])
})

test('of the end of an unknown request nobody is notified, since nobody knows whom', () => {
  const entry: LedgerEntry = {
    id: 'unknown',
    kind: 'deploy',
    requestedBy: 'ann',
    startedAt: 0,
    endedAt: 1,
    outcome: 'succeeded',
    message: '',
    services: [],
  }
  const after = {
    ...state,
    superseded: [{ id: 'another', by: 'new', at: 1 }],
    ledger: { releases: [entry] },
  }
  assert.deepEqual(notificationsOf(runs('old'), { ...runs('old'), state: after }, 9), [])
})
