import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { environmentStatus, requestControl, requestDeploy } from '../../client/index.ts'
import * as protocol from '../../contract/messages.ts'
import {
  heldRollout,
  startEnvironmentHarness,
  until,
  withEnvironment,
} from './environment-fixture.ts'
import { anotherCommit, commit, deployOf, fakes } from './fixtures.ts'
import { newQueue, withWorker } from './harness.ts'

const harness = await startEnvironmentHarness()
after(() => harness.close())

test('an environment moves to the task queue in its changed configuration, with its whole state', async () => {
  const { client } = harness.env
  const wait = heldRollout()
  const later = newQueue()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const name = environment.spec.environment
    const first = await requestDeploy(client, deployOf(environment.spec))
    await wait.begun
    await environment.handle.signal('freeze', { reason: 'incident 42', until: '2999-01-01' })
    await environment.handle.signal('unfreeze', {})
    const spec = { ...environment.spec, taskQueues: { release: later, builder: later } }
    const moved = fakes(later)
    await withWorker(harness, later, moved, async () => {
      const request = deployOf(spec, { commit: anotherCommit })
      const { releaseId: second } = await requestDeploy(client, request)
      assert.equal((await environment.handle.describe()).taskQueue, name, 'while one runs')
      wait.finish()
      const { releases, controls } = await until(
        () => environment.status(),
        (status) => status.releases.length === 2,
      )
      assert.deepEqual(
        releases.map(({ id, outcome }) => [id, outcome]),
        [
          [second, 'succeeded'],
          [first.releaseId, 'succeeded'],
        ],
      )
      assert.equal(controls.length, 2)
      assert.equal((await environment.handle.describe()).taskQueue, later)
      assert.equal((await client.workflow.getHandle(second).describe()).taskQueue, later)
      assert.ok(moved.calls.includes('updateService api'))
    })
  })
})

test('if no worker serves its task queue, the error names the queue and says what to do', async () => {
  const { client } = harness.env
  const later = newQueue()
  await withEnvironment(harness, {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    const name = environment.spec.environment
    const spec = { ...environment.spec, taskQueues: { release: later, builder: later } }
    // A queue that had a worker would list it for some minutes after it stopped.
    const deserted = newQueue()
    const handle = client.workflow.getHandle(protocol.environmentWorkflowId(name))
    await handle.terminate()
    await client.workflow.start(protocol.environmentWorkflow, {
      workflowId: protocol.environmentWorkflowId(name),
      taskQueue: deserted,
      args: [{ environment: name, project: 'mailman' }],
    })
    const expected = new RegExp(
      `runs on the task queue "${deserted}", which no worker serves.*Start a worker for "${deserted}"`,
    )
    const request = deployOf(spec, { commit: anotherCommit })
    await assert.rejects(requestDeploy(client, request), { name: 'UserError', message: expected })
    const freeze = requestControl(client, spec, 'freeze', { requestedBy: 'ann' })
    await assert.rejects(freeze, { name: 'UserError', message: expected })
    await assert.rejects(environmentStatus(client, spec), { message: new RegExp(deserted) })
  })
})
