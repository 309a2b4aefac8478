import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { Worker } from '@temporalio/worker'
import { startEnvironmentHarness } from './environment-fixture.ts'
import { replaceWorkers, waysToReplace } from './replaced-worker.ts'

const harness = await startEnvironmentHarness()
after(() => harness.close())

describe('an environment lives on with each new worker after', () => {
  for (const [title, happens] of Object.entries(waysToReplace)) {
    test(title, { timeout: 60_000 }, async () => {
      const handle = await replaceWorkers(harness, happens)
      const history = await handle.fetchHistory()
      const histories = [{ workflowId: handle.workflowId, history }]
      const replayed = Worker.runReplayHistories({ workflowBundle: harness.bundle }, histories)
      for await (const { error } of replayed) assert.equal(error, undefined)
    })
  }
})
