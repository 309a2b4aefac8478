import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runWorker } from '../../../worker/run.ts'

test('one task queue for releases and builders is rejected before the worker connects', async () => {
  await assert.rejects(
    runWorker({ taskQueues: { release: 'all', builder: 'all' } }),
    /Releases and builders have the same task queue, "all", .* "taskQueues" in slipway\.yaml/,
  )
})
