import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runWorker } from '../../../worker/run.ts'

test('one task queue for releases and builders is refused before any server is asked', async () => {
  await assert.rejects(
    runWorker({ releaseQueue: 'all', builderQueue: 'all' }),
    /The task queue "all" is named for releases and for builders, .* "taskQueues" in slipway\.yaml/,
  )
})
