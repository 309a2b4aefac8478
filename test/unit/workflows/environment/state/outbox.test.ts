import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonBytes } from '../../../../../contract/size.ts'
import type {
  OutcomeNotification,
  AddressedReleaseNotification,
} from '../../../../../contract/notifications.ts'
import {
  keptUndelivered,
  unsentBytes,
  withUnsent,
  withUndelivered,
  withoutUnsent,
} from '../../../../../workflows/environment/state/outbox.ts'
import {
  newEnvironmentState,
  type EnvironmentState,
} from '../../../../../workflows/environment/state/state.ts'
import { ended } from '../../../activities/notifications/notifications.ts'

const empty = newEnvironmentState('production', 'mailman')

function addressed(
  number: number,
  outcome: OutcomeNotification['outcome'] = 'succeeded',
): AddressedReleaseNotification {
  return {
    notification: ended({ id: `release/production/${number}/outcome/1`, outcome }),
    to: { type: 'slack', urlFrom: 'SLACK_WEBHOOK_URL', on: ['outcome'] },
  }
}

const many = (count: number, outcome?: OutcomeNotification['outcome']) =>
  Array.from({ length: count }, (_, number) => addressed(number, outcome))

const countOf = ({ unsent = [], undelivered = [] }: EnvironmentState) => [
  unsent.length,
  undelivered.length,
]

test('a notification is kept until it has arrived, and nothing of it thereafter', () => {
  const state = withUnsent(empty, [addressed(1), addressed(2)], 5)
  assert.deepEqual(state.unsent, [addressed(1), addressed(2)])
  assert.deepEqual(withoutUnsent(withoutUnsent(state, addressed(2)), addressed(1)), empty)
})

test('the same notification is kept once for a receiver, however often it is configured', () => {
  const other = { ...addressed(1), to: { ...addressed(1).to, urlFrom: 'ANOTHER' } }
  assert.deepEqual(countOf(withUnsent(empty, [addressed(1), addressed(1), other], 5)), [2, 0])
})

test('what never waited can be given up, too', () => {
  const { unsent, undelivered = [] } = withUndelivered(empty, addressed(1), 5, 'down')
  assert.equal(unsent, undefined)
  assert.deepEqual(
    undelivered.map(({ reason }) => reason),
    ['down'],
  )
})

test('what is given up is kept with the reason, the newest first and not without end', () => {
  const state = many(20).reduce(
    (before, one, at) => withUndelivered(before, one, at, `no ${at}`),
    withUnsent(empty, many(20), 5),
  )
  assert.deepEqual(countOf(state), [0, keptUndelivered])
  assert.deepEqual(state.undelivered?.[0], {
    release: 'release/production/3f2c1ab4d5e6',
    event: 'outcome',
    to: 'slack (SLACK_WEBHOOK_URL)',
    at: 19,
    reason: 'no 19',
  })
})

test('a storm leaves room for what matters more, and a state that Temporal can hand on', () => {
  const storm = withUnsent(empty, many(1_000, 'superseded'), 5)
  assert.ok(jsonBytes(storm.unsent) <= unsentBytes / 2)
  assert.ok(jsonBytes([...(storm.unsent ?? []), addressed(999, 'superseded')]) > unsentBytes / 2)
  assert.equal(storm.undelivered?.length, keptUndelivered)
  const after = withUnsent(storm, [addressed(5_000, 'rollback_failed')], 6)
  assert.equal(after.unsent?.at(-1)?.notification.id, 'release/production/5000/outcome/1')
  const full = withUnsent(empty, many(1_000, 'rejected'), 5)
  assert.ok(jsonBytes(full.unsent) <= unsentBytes)
  assert.ok(jsonBytes([...(full.unsent ?? []), addressed(999, 'rejected')]) > unsentBytes)
  assert.match(full.undelivered?.[0]?.reason ?? '', /\d+ notifications before it/)
})
