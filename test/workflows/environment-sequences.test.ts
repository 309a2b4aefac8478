import assert from 'node:assert/strict'
import { test } from 'node:test'
import { playAll, reportOf, sequencesOf } from './sequences/play-all.ts'

test('an environment answers every new worker after whatever has happened, and its histories replay', async (t) => {
  const seed = Number(process.env['SEQUENCE_SEED'] ?? Date.now() % 2 ** 31)
  t.diagnostic(`SEQUENCE_SEED=${seed}`)
  const failed = await playAll(sequencesOf(seed, 24))
  assert.equal(failed.length, 0, failed.map(reportOf).join('\n\n'))
})
