import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NotificationSpec, EnvironmentSpec } from '../../../../../contract/environment-spec.ts'
import { admit } from '../../../../../workflows/environment/state/admission.ts'
import { control } from '../../../../../workflows/environment/state/controls.ts'
import {
  notificationsOf,
  type EnvironmentSnapshot,
} from '../../../../../workflows/environment/state/notifications.ts'
import {
  newEnvironmentState,
  type EnvironmentState,
} from '../../../../../workflows/environment/state/state.ts'
import {
  afterTimer,
  endWaiting,
  withoutWaiting,
} from '../../../../../workflows/environment/state/queue.ts'
import { withEntry } from '../../../../../workflows/environment/state/ledger.ts'
import type { LedgerEntry } from '../../../../../contract/environment.ts'
import type { ReleaseRequest } from '../../../../../contract/requests.ts'
import { anotherCommit, commit, deployOf, specFor } from '../../../../workflows/fixtures.ts'

const everything: NotificationSpec = {
  type: 'slack',
  urlFrom: 'SLACK_WEBHOOK_URL',
  on: ['started', 'approval_needed', 'outcome'],
}
const spec = toldTo(everything)
const careful: EnvironmentSpec = {
  ...spec,
  admission: { ...spec.admission, approval: { timeoutMs: 10 } },
}
const empty: EnvironmentSnapshot = { state: newEnvironmentState('production', 'mailman') }

function toldTo(...notifications: NotificationSpec[]): EnvironmentSpec {
  return specFor('queue', { notifications })
}

function withRequest(
  { state }: EnvironmentSnapshot,
  request: ReleaseRequest,
  now = 1,
): EnvironmentState {
  const admission = admit(state, undefined, request, now)
  assert.ok(admission.kind === 'admitted')
  return admission.state
}

/** A release of this target that has been let in, and the moment in which it runs. */
function runningIn(told: EnvironmentSpec, change: Partial<LedgerEntry> = {}) {
  const waits: EnvironmentSnapshot = { state: withRequest(empty, deployOf(told)) }
  const [waiting] = waits.state.waiting
  assert.ok(waiting !== undefined)
  const { input } = waiting
  const begun = { input, startedAt: 2, hasStarted: false }
  const state = withoutWaiting(waits.state, input.id)
  const running: EnvironmentSnapshot = { state, running: { ...begun, hasStarted: true } }
  const entry: LedgerEntry = {
    id: input.id,
    kind: 'deploy',
    commit,
    requestedBy: 'ann@laptop',
    startedAt: 2,
    endedAt: 9,
    outcome: 'rolled_back',
    message: 'It is sick.',
    cause: 'Health checks fail.',
    services: [],
    ...change,
  }
  const ended: EnvironmentSnapshot = { state: { ...state, ledger: withEntry(state.ledger, entry) } }
  return {
    waits,
    waiting,
    begins: { state, running: begun } satisfies EnvironmentSnapshot,
    running,
    ended,
  }
}

const told = (before: EnvironmentSnapshot, after: EnvironmentSnapshot) =>
  notificationsOf(before, after, 9).map(({ notification }) =>
    notification.event === 'outcome' ? notification.outcome : notification.event,
  )

test('a release is told of when Temporal has started it, once', () => {
  const { waits, begins, running } = runningIn(spec)
  assert.deepEqual(told(empty, waits), [])
  assert.deepEqual(told(waits, begins), [])
  assert.deepEqual(told(begins, running), ['started'])
  assert.deepEqual(told(running, running), [])
})

test('the end of a release says how it ended, why, and since when it ran', () => {
  const { running, ended } = runningIn(spec)
  assert.deepEqual(notificationsOf(running, ended, 9), [
    {
      to: everything,
      notification: {
        event: 'outcome',
        id: 'release/production/3f2c1ab4d5e6/outcome/9',
        at: 9,
        project: 'mailman',
        environment: 'production',
        release: {
          id: 'release/production/3f2c1ab4d5e6',
          kind: 'deploy',
          commit,
          subject: 'Add organization id to inboxes',
          requestedBy: 'ann@laptop',
        },
        summary: 'mailman 3f2c1ab → production: Add organization id to inboxes',
        outcome: 'rolled_back',
        message: 'It is sick.',
        cause: 'Health checks fail.',
        startedAt: 2,
      },
    },
  ])
  assert.deepEqual(told(ended, ended), [])
})

test('a deploy that needs an approval is told of when it is let in, and its end without one', () => {
  const waits: EnvironmentSnapshot = { state: withRequest(empty, deployOf(careful)) }
  assert.deepEqual(told(empty, waits), ['approval_needed'])
  assert.deepEqual(told(waits, waits), [])
  assert.deepEqual(told(waits, { state: afterTimer(waits.state, 100) }), ['rejected'])
  const no = control(waits.state, undefined, 'reject', { by: 'bob' }, 5)
  assert.ok(no.kind === 'done')
  assert.deepEqual(told(waits, { state: no.state }), ['rejected'])
  const yes = control(waits.state, undefined, 'approve', { by: 'bob' }, 5)
  assert.ok(yes.kind === 'done')
  assert.deepEqual(told(waits, { state: yes.state }), [])
})

test('of a deploy whose place a newer one takes, the end comes before what the newer one needs', () => {
  const waits: EnvironmentSnapshot = { state: withRequest(empty, deployOf(careful)) }
  const newer: EnvironmentSnapshot = {
    state: withRequest(waits, deployOf(careful, { commit: anotherCommit }), 2),
  }
  assert.deepEqual(told(waits, newer), ['superseded', 'approval_needed'])
  const [first] = notificationsOf(waits, newer, 9)
  assert.ok(first?.notification.event === 'outcome')
  assert.equal(first.notification.release.commit, commit)
  assert.match(first.notification.message, /9e8d7c6b5a49 took its place before it started/)
  assert.equal(first.notification.startedAt, undefined)
})

test('a release that Temporal did not let start has ended without a beginning', () => {
  const { waiting, begins } = runningIn(spec)
  const state = endWaiting(begins.state, waiting, 9, 'rejected', 'did not start')
  const [only, ...others] = notificationsOf(begins, { state }, 9)
  assert.ok(only?.notification.event === 'outcome')
  assert.equal(only.notification.startedAt, undefined)
  assert.deepEqual(others, [])
})

const only = (change: Partial<NotificationSpec>) => toldTo({ ...everything, ...change })

function ofRun(one: EnvironmentSpec, outcome: LedgerEntry['outcome']) {
  const { begins, running, ended } = runningIn(one, { outcome })
  return [...told(begins, running), ...told(running, ended)]
}

test('who chose events or outcomes is told of nothing else', () => {
  assert.deepEqual(ofRun(only({ on: ['started'] }), 'succeeded'), ['started'])
  assert.deepEqual(ofRun(only({ on: ['outcome'] }), 'succeeded'), ['succeeded'])
  const failures = only({ outcomes: ['rolled_back', 'rollback_failed'] })
  assert.deepEqual(ofRun(failures, 'succeeded'), ['started'])
  assert.deepEqual(ofRun(failures, 'rolled_back'), ['started', 'rolled_back'])
  assert.deepEqual(ofRun(specFor('queue'), 'rolled_back'), [])
})

test('everybody is told, each of their own', () => {
  const webhook: NotificationSpec = { type: 'webhook', urlFrom: 'HOOK', on: ['outcome'] }
  const { running, ended } = runningIn(toldTo(everything, webhook))
  assert.deepEqual(
    notificationsOf(running, ended, 9).map(({ to }) => to.urlFrom),
    ['SLACK_WEBHOOK_URL', 'HOOK'],
  )
})

test('text of others is one line of bounded length', () => {
  const change = { message: `a\n${'é'.repeat(5_000)}`, cause: 'b\u0007'.repeat(5_000) }
  const { running, ended } = runningIn(spec, change)
  const [first] = notificationsOf(running, ended, 9)
  assert.ok(Buffer.byteLength(JSON.stringify(first)) < 4_000)
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  assert.doesNotMatch(JSON.stringify(first), /[\u0000-\u001f]|\\[nu]/)
})

test('what a malformed request says of notifications is passed over', () => {
  const good = { type: 'slack', urlFrom: 'A', on: ['started'] }
  for (const notifications of [7, 'text', {}, [null], [7], [{}], [{ on: 'started' }], [[]]]) {
    const odd = { ...spec, notifications } as unknown as EnvironmentSpec
    const { begins, running } = runningIn(odd)
    assert.deepEqual(told(begins, running), [])
  }
  const partly = { ...spec, notifications: [null, good] } as unknown as EnvironmentSpec
  const { begins, running } = runningIn(partly)
  assert.deepEqual(told(begins, running), ['started'])
})
