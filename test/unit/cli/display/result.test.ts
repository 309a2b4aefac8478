import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { resultText } from '../../../../cli/display/result.ts'
import { table } from '../../../../cli/display/table.ts'
import { entry } from '../ledger-entry.ts'

describe('the result of a release', () => {
  test('shows what runs now, which after a rollback is what ran before', () => {
    const { services, message } = entry
    const base = { id: 'r', message, services, startedAt: 0, endedAt: 90_000, warnings: [] }
    assert.match(resultText({ ...base, outcome: 'succeeded' }), /mailman-api:8/)
    const rolledBack = resultText({
      ...base,
      outcome: 'rolled_back',
      cause: 'Container api exited.',
    })
    assert.match(rolledBack, /mailman-api:7/)
    assert.match(rolledBack, /Cause: Container api exited\./)
    for (const outcome of ['rollback_failed', 'superseded'] as const) {
      assert.doesNotMatch(resultText({ ...base, outcome }), /mailman-api:/)
    }
    const lines = 'Building failed. Its last lines:\n#1 one\n#2 two'
    assert.ok(resultText({ ...base, outcome: 'rejected', message: lines }).includes(lines))
  })

  test('is shown in columns as wide as their cells, without counting colours', () => {
    assert.equal(
      table([
        ['a', 'b'],
        ['\u001b[31mlong\u001b[39m', 'c'],
      ]),
      'a     b\n\u001b[31mlong\u001b[39m  c',
    )
  })
})
