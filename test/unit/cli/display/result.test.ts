import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { resultText } from '../../../../cli/display/result.ts'
import { table } from '../../../../cli/display/table.ts'
import { entry } from '../ledger-entry.ts'

describe('what people read', () => {
  test('of an outcome: what runs now, which after a rollback is what ran before', () => {
    const { services, message } = entry
    const base = { id: 'r', message, services, startedAt: 0, endedAt: 90_000, warnings: [] }
    assert.match(resultText({ ...base, outcome: 'succeeded' }), /mailman-api:8/)
    const back = resultText({ ...base, outcome: 'rolled_back', cause: 'Container api exited.' })
    assert.match(back, /mailman-api:7/)
    assert.match(back, /Cause: Container api exited\./)
    for (const outcome of ['rollback_failed', 'superseded'] as const) {
      assert.doesNotMatch(resultText({ ...base, outcome }), /mailman-api:/)
    }
    const lines = 'Building failed. Its last lines:\n#1 one\n#2 two'
    assert.ok(resultText({ ...base, outcome: 'rejected', message: lines }).includes(lines))
  })

  test('columns are as wide as what they hold, colours aside', () => {
    assert.equal(
      table([
        ['a', 'b'],
        ['\u001b[31mlong\u001b[39m', 'c'],
      ]),
      'a     b\n\u001b[31mlong\u001b[39m  c',
    )
  })
})
