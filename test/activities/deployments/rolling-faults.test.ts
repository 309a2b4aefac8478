import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Simulator } from '../../../simulator/start.ts'
import { failsAs } from '../../unit/activities/in-activity.ts'
import { liveService, startRollingAccount } from './rolling-service.ts'

let simulator: Simulator
before(async () => {
  simulator = await startRollingAccount()
})
after(() => simulator.close())

describe('a rolling deployment', () => {
  test('is started only once even if the response is lost', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('2')
    for (const force of [false, true]) {
      const now = force ? await api.settled() : initial
      simulator.faults.add({ operation: 'UpdateService', kind: 'loseResponse' })
      await assert.rejects(api.update(revision, now, force), failsAs('Unavailable'))
      const started = await api.update(revision, now, force)
      assert.equal((await api.wait(started, revision)).kind, 'succeeded')
      const deployments = await api.deploymentsOf(revision)
      assert.equal(deployments.length, force ? 2 : 1)
    }
  })

  test('is started only once even if the response does not name it', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('2')
    const fields = ['deployments']
    simulator.faults.add({ operation: 'UpdateService', kind: 'leaveOut', fields })
    await assert.rejects(
      api.update(revision, initial),
      failsAs('Unavailable', 'its answer has no PRIMARY'),
    )
    const started = await api.update(revision, initial)
    assert.equal((await api.wait(started, revision)).kind, 'succeeded')
    assert.equal((await api.deploymentsOf(revision)).length, 1)
  })

  test('counts neither as successful nor as rolled back while the responses lack the proof', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, initial)
    const lacking = { operation: 'DescribeServices', kind: 'leaveOut', count: 'forever' }
    const { id } = simulator.faults.add({ ...lacking, fields: ['runningCount'] })
    const end = await api.wait(started, revision, 600)
    assert.equal(end.kind, 'timed_out')
    assert.match(end.kind === 'timed_out' ? end.reason : '', /ECS did not say .*runningCount/)
    const rollback = await api.rollBack(initial, started, 600)
    assert.equal(rollback.kind, 'timed_out')
    assert.match(
      rollback.kind === 'timed_out' ? rollback.reason : '',
      /ECS did not say .*runningCount/,
    )
    simulator.faults.clear(id)
    assert.equal((await api.rollBack(initial, started)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, initial.now)
  })

  test('is awaited through throttling, errors and lost connections', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, initial)
    for (const kind of ['throttle', 'error5xx', 'drop']) {
      simulator.faults.add({ operation: 'DescribeServices', kind, count: 3 })
      simulator.faults.add({ operation: 'DescribeTasks', kind, count: 3 })
    }
    assert.equal((await api.wait(started, revision)).kind, 'succeeded')
    simulator.faults.clear()
  })
})
