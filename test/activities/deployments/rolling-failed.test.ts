import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Simulator } from '../../../simulator/start.ts'
import { liveService, startRollingAccount } from './rolling-service.ts'

let simulator: Simulator
before(async () => {
  simulator = await startRollingAccount()
})
after(() => simulator.close())

describe('a rolling deployment', () => {
  test('is rolled back by ECS when the container crashes, and the result names the cause', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('c')
    const started = await api.update(revision, initial)
    const end = await api.wait(started, revision)
    assert.equal(end.kind, 'rolled_back')
    assert.match(end.reason, /circuit breaker/)
    assert.match(end.cause, /Container api exited with 3/)
    const [failed] = end.failedTasks ?? []
    assert.deepEqual(
      [failed?.container, failed?.exitCode, failed?.stopCode],
      ['api', 3, 'EssentialContainerExited'],
    )
    assert.ok((failed?.times ?? 0) >= 3)
    assert.deepEqual(failed?.logs, ['listening', 'panic: no database'])
    assert.equal((await api.rollBack(initial, started)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, initial.now)
  })

  test('is rolled back by ECS when the image cannot be pulled', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('e')
    const end = await api.wait(await api.update(revision, initial), revision)
    assert.equal(end.kind, 'rolled_back')
    assert.match(end.cause, /cannot be pulled/)
    assert.equal(end.failedTasks?.[0]?.stopCode, 'TaskFailedToStart')
  })

  test('is rolled back with the network as the cause when a task cannot reach ECR', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('a')
    const end = await api.wait(await api.update(revision, initial), revision)
    assert.equal(end.kind, 'rolled_back')
    assert.match(end.cause, /^The task cannot reach ECR \(api\.ecr\.eu-west-1\.amazonaws\.com\)/)
  })

  test('of a daemon that crashes is rolled back when its time is up', async () => {
    const agent = await liveService('daemon')
    const initial = await agent.settled()
    const revision = await agent.register('c')
    const started = await agent.update(revision, initial)
    const end = await agent.wait(started, revision, 500)
    assert.equal(end.kind, 'timed_out')
    assert.equal((await agent.rollBack(initial, started)).kind, 'succeeded')
    assert.equal((await agent.settled()).now.taskDefinition, initial.now.taskDefinition)
  })

  test('is stopped and rolled back when its time is up', async () => {
    const api = await liveService(false)
    const initial = await api.settled()
    const revision = await api.register('d')
    const started = await api.update(revision, initial)
    const end = await api.wait(started, revision, 300)
    assert.equal(end.kind, 'timed_out')
    assert.equal((await api.rollBack(initial, started)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, initial.now)
  })

  test('is rolled back even if the release never learned its id', async () => {
    const api = await liveService(false)
    const initial = await api.settled()
    await api.update(await api.register('d'), initial)
    assert.equal((await api.rollBack(initial)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, initial.now)
  })
})
