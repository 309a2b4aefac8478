import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import { Worker } from '@temporalio/worker'
import { activityInterceptors } from '../../activities/aws/error-interceptor.ts'
import { startEnvironmentHarness, withEnvironment } from './environment-fixture.ts'
import { deployOf, fakes, specFor } from './fixtures.ts'
import { newQueue, resultOf, startRelease } from './harness.ts'

const harness = await startEnvironmentHarness()
after(() => harness.close())

const commitOf = (number: number) => `${number}`.padStart(40, '0')

function failWith(message: string): () => Promise<never> {
  return async () => {
    throw ApplicationFailure.nonRetryable(message, 'ChecksFailed')
  }
}

test('an environment answers and continues as new after any number of releases with huge failures', async () => {
  const runChecks = failWith('"'.repeat(300_000))
  await withEnvironment(harness, { runChecks }, async (environment) => {
    const first = await environment.deploy(commitOf(1))
    await environment.end(first)
    const { runId } = await environment.handle.describe()
    for (let number = 2; number <= 40; number += 1) {
      const { outcome, message } = await environment.end(await environment.deploy(commitOf(number)))
      assert.equal(outcome, 'rejected')
      assert.ok(message.length < 5_000)
    }
    const { releases } = await environment.status()
    assert.equal(releases.length, 40)
    assert.notEqual((await environment.handle.describe()).runId, runId, 'it has not continued')
  })
})

test('a release ends although a check prints more than Temporal can store', async () => {
  const queue = newQueue()
  const runChecks = failWith('€'.repeat(1_000_000))
  const worker = await Worker.create({
    connection: harness.env.nativeConnection,
    taskQueue: queue,
    workflowBundle: harness.bundle,
    activities: fakes(queue, { runChecks }).activities,
    interceptors: { activity: [activityInterceptors] },
  })
  await worker.runUntil(async () => {
    const result = await resultOf(await startRelease(harness, deployOf(specFor(queue))))
    assert.equal(result.outcome, 'rejected')
    assert.match(result.message, /^€+ \[…\] €+$/)
  })
})
