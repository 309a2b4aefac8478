import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApplicationFailure } from '@temporalio/common'
import { rejectWhileFrozen } from '../../../../activities/inspect/freeze.ts'
import { specFor } from '../../../workflows/fixtures.ts'

const spec = specFor('queue', {
  admission: {
    policy: 'supersede',
    supersedeRunning: false,
    freezes: [
      { kind: 'dates', timeZone: 'UTC', from: '2026-12-23', to: '2026-12-26', reason: 'holidays' },
    ],
  },
})

test('a release in a freeze window is rejected with the window and the override', () => {
  assert.throws(
    () => rejectWhileFrozen(spec, Date.parse('2026-12-24T12:00:00Z')),
    (failure: unknown) => {
      assert.ok(failure instanceof ApplicationFailure)
      assert.equal(failure.type, 'PreconditionFailed')
      assert.match(failure.message, /2026-12-23 to 2026-12-26 UTC \(holidays\).*--override-freeze/)
      return true
    },
  )
})

test('a release outside the freeze windows is admitted', () => {
  rejectWhileFrozen(spec, Date.parse('2026-12-22T12:00:00Z'))
})
