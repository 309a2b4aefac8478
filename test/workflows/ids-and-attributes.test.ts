import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { controlUpdates } from '../../contract/messages.ts'
import { serviceNamed } from '../unit/environment-specs.ts'
import { startEnvironmentHarness, until, withEnvironment } from './environment-fixture.ts'
import { commit, deployOf } from './fixtures.ts'
import { rejectionOf } from './rejected-update.ts'

const harness = await startEnvironmentHarness()
after(() => harness.close())

test('an environment answers on after requests that name no workflow that Temporal could signal', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    for (const replyTo of [
      { workflowId: '' },
      { workflowId: '\ud800' },
      { workflowId: '漢'.repeat(500) },
      { workflowId: 'gone', runId: 'latest' },
      { workflowId: 'gone' },
    ]) {
      await environment.handle.signal('release', { nonsense: true, replyTo })
      await environment.handle.executeUpdate(controlUpdates.freeze, { args: [{}] })
    }
    const { controls } = await environment.status()
    assert.equal(controls.filter(({ rejected }) => rejected !== undefined).length, 5)
  })
})

test('a release of more services than fit into a search attribute goes live', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    const services = Array.from({ length: 70 }, (_, at) =>
      serviceNamed(`service-with-a-name-of-forty-five-characters-${at}`),
    )
    const accepted = await environment.request(deployOf({ ...environment.spec, services }))
    await until(
      () => environment.status(),
      ({ releases }) => releases.some(({ id }) => id === accepted.releaseId),
    )
    const { releases } = await environment.status()
    assert.equal(releases[0]?.outcome, 'succeeded')
  })
})

test('a task queue that Temporal would refuse is rejected, and not moved to', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    for (const release of ['/_sys/x', 'q'.repeat(1_001), '\ud800']) {
      const taskQueues = { ...environment.spec.taskQueues, release }
      const request = deployOf({ ...environment.spec, taskQueues })
      assert.match(await rejectionOf(environment.request(request)), /"spec" is not an environment/)
    }
    await environment.end(await environment.deploy(commit))
  })
})
