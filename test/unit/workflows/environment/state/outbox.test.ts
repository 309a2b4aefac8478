import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OutcomeNotice, ReleaseSending } from '../../../../../contract/notices.ts'
import {
  keptUndelivered,
  keptUnsent,
  withSendings,
  withUndelivered,
  withoutSending,
} from '../../../../../workflows/environment/state/outbox.ts'
import {
  newEnvironmentState,
  type EnvironmentState,
} from '../../../../../workflows/environment/state/state.ts'
import { ended } from '../../../activities/notifications/notices.ts'

const empty = newEnvironmentState('production', 'mailman')

function sending(number: number, outcome: OutcomeNotice['outcome'] = 'succeeded'): ReleaseSending {
  return {
    notice: ended({ id: `release/production/${number}/outcome/1`, outcome }),
    to: { type: 'slack', urlFrom: 'SLACK_WEBHOOK_URL', on: ['outcome'] },
  }
}

const many = (count: number, outcome?: OutcomeNotice['outcome']) =>
  Array.from({ length: count }, (_, number) => sending(number, outcome))

const countOf = ({ unsent = [], undelivered = [] }: EnvironmentState) => [
  unsent.length,
  undelivered.length,
]

test('a notice is kept until it has arrived, and nothing of it thereafter', () => {
  const state = withSendings(empty, [sending(1), sending(2)], 5)
  assert.deepEqual(state.unsent, [sending(1), sending(2)])
  assert.deepEqual(withoutSending(withoutSending(state, sending(2)), sending(1)), empty)
})

test('the same notice is kept once for a receiver, however often it is configured', () => {
  const other = { ...sending(1), to: { ...sending(1).to, urlFrom: 'ANOTHER' } }
  assert.deepEqual(countOf(withSendings(empty, [sending(1), sending(1), other], 5)), [2, 0])
})

test('what is given up is kept with the reason, the newest first and not without end', () => {
  const state = many(20).reduce(
    (before, one, at) => withUndelivered(before, one, at, `no ${at}`),
    withSendings(empty, many(20), 5),
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
  const storm = withSendings(empty, many(1_000, 'superseded'), 5)
  assert.deepEqual(countOf(storm), [keptUnsent / 2, keptUndelivered])
  const after = withSendings(storm, [sending(5_000, 'rollback_failed')], 6)
  assert.equal(after.unsent?.at(-1)?.notice.id, 'release/production/5000/outcome/1')
  const full = withSendings(empty, many(1_000, 'rejected'), 5)
  assert.deepEqual(countOf(full), [keptUnsent, keptUndelivered])
  assert.match(full.undelivered?.[0]?.reason ?? '', /100 others before it/)
})
