import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity'
import { deployOf, fakes, live, specFor } from './fixtures.ts'
import { resultOf, newQueue, startHarness, startRelease, withWorker } from './harness.ts'

const harness = await startHarness()
after(() => harness.close())

test('a cancelled release rolls back what it touched before it ends', async () => {
  const queue = newQueue()
  const waiting = Promise.withResolvers<void>()
  let waitIsOver = false
  const fake = fakes(queue, {
    waitForRollout: async () => {
      const context = Context.current()
      const beat = setInterval(() => context.heartbeat(), 50)
      waiting.resolve()
      try {
        await context.cancelled
      } catch (failure) {
        waitIsOver = true
        throw failure
      } finally {
        clearInterval(beat)
      }
      return live
    },
    rollBackService: async () => {
      assert.ok(waitIsOver, 'the rollback must not race the wait')
      return live
    },
  })
  await withWorker(harness, queue, fake, async () => {
    const handle = await startRelease(harness, deployOf(specFor(queue)))
    await waiting.promise
    await handle.cancel()
    const result = await resultOf(handle)
    assert.equal(result.outcome, 'cancelled')
  })
  assert.ok(fake.calls.includes('rollBackService api'))
})

test('a release that is cancelled while a step fails counts as cancelled', async () => {
  const queue = newQueue()
  const failing = Promise.withResolvers<void>()
  const fake = fakes(queue, {
    updateService: async () => {
      const context = Context.current()
      const beat = setInterval(() => context.heartbeat(), 50)
      failing.resolve()
      await context.cancelled.catch(() => clearInterval(beat))
      // A real server does not retry a cancelled activity; the test server does unless told.
      throw ApplicationFailure.nonRetryable('AWS is busy', 'Unavailable')
    },
  })
  await withWorker(harness, queue, fake, async () => {
    const handle = await startRelease(harness, deployOf(specFor(queue)))
    await failing.promise
    await handle.cancel()
    assert.equal((await resultOf(handle)).outcome, 'cancelled')
  })
  assert.ok(fake.calls.includes('rollBackService api'))
})

test('a release that is cancelled during a build touches nothing', async () => {
  const queue = newQueue()
  const building = Promise.withResolvers<void>()
  const fake = fakes(queue, {
    buildImage: async () => {
      const context = Context.current()
      const beat = setInterval(() => context.heartbeat(), 50)
      building.resolve()
      try {
        await context.cancelled
      } finally {
        clearInterval(beat)
      }
      throw new CancelledFailure('never here')
    },
  })
  await withWorker(harness, queue, fake, async () => {
    const handle = await startRelease(harness, deployOf(specFor(queue)))
    await building.promise
    await handle.cancel()
    const result = await resultOf(handle)
    assert.equal(result.outcome, 'cancelled')
    assert.match(result.message, /before anything was touched/)
  })
  assert.ok(!fake.calls.some((call) => /^(update|rollBack)/.test(call)))
})
