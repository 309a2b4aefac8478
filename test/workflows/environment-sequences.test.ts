import assert from 'node:assert/strict'
import { test } from 'node:test'
import { playAll, reportOf, sequencesOf } from './sequences/play-all.ts'

test('an environment answers every new worker after whatever has happened, and its histories replay', async (t) => {
  const seed = Number(process.env['SEQUENCE_SEED'] ?? Date.now() % 2 ** 31)
  t.diagnostic(`SEQUENCE_SEED=${seed}`)
  // With fewer cached, a release can be evicted in the middle of a local activity, and its task then
  // holds up everything until it times out. Each new worker replays the whole history all the same.
  const sequences = sequencesOf(seed, 24).map((one) => ({ ...one, cachedWorkflows: 100 as const }))
  const failed = await playAll(sequences)
  assert.equal(failed.length, 0, failed.map(reportOf).join('\n\n'))
})
