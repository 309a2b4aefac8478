import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openBerth } from './berth.ts'
import { assertOutcome, resultIn } from './outcome.ts'
import { assertRuns } from './what-runs.ts'
import { openYard, type Yard } from './yard.ts'

let yard: Yard
before(async () => {
  yard = await openYard()
})
after(() => yard?.close())

describe(
  'a release ends as exactly one outcome, and what runs is what it says',
  { concurrency: 4 },
  () => {
    test('a good release is live', async () => {
      const berth = await openBerth(yard, 'good')
      await berth.commit('v1')
      const command = await berth.slipway('deploy', 'good', '--json')
      const { id } = resultIn(command)
      const result = await assertOutcome(yard, berth, { id, outcome: 'succeeded', command })
      await assertRuns(yard, berth, { result, which: 'revision', version: 'v1' })
    })

    test('one whose health check fails is taken back', async () => {
      const berth = await openBerth(yard, 'sick')
      await berth.commit('v1', 'failing')
      const command = await berth.slipway('deploy', 'sick', '--json')
      const { id } = resultIn(command)
      const result = await assertOutcome(yard, berth, { id, outcome: 'rolled_back', command })
      assert.match(result.cause ?? '', /health/i)
      await assertRuns(yard, berth, { result, which: 'wayBack', version: 'v0' })
    })

    test('one whose container crashes is taken back', async () => {
      const berth = await openBerth(yard, 'crash')
      await berth.commit('v1', 'crash')
      const command = await berth.slipway('deploy', 'crash', '--json')
      const { id } = resultIn(command)
      const result = await assertOutcome(yard, berth, { id, outcome: 'rolled_back', command })
      await assertRuns(yard, berth, { result, which: 'wayBack', version: 'v0' })
    })
  },
)
