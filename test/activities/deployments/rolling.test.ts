import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Simulator } from '../../../simulator/start.ts'
import { failsAs, inActivity } from '../../unit/activities/in-activity.ts'
import { commit } from '../../unit/environment-specs.ts'
import { digest } from './digit-images.ts'
import { activities, liveService, moveTag, startRollingAccount } from './rolling-service.ts'

let simulator: Simulator
before(async () => {
  simulator = await startRollingAccount()
})
after(() => simulator.close())

describe('a rolling deployment', () => {
  test('goes live, is verified, and is rolled back on request', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    assert.equal(initial.rollbackTarget.hasSucceeded, true)
    const revision = await api.register('2')
    const started = await api.update(revision, initial)
    assert.match(started.serviceDeploymentArn ?? '', /service-deployment/)
    assert.deepEqual(await api.update(revision, initial), started)
    const end = await api.wait(started, revision)
    assert.equal(end.kind === 'succeeded' && end.basis, 'service deployment')
    const verified = await inActivity(() =>
      activities.verifyRelease({ spec: api.spec, revisions: [revision], started: [started] }),
    )
    assert.equal(verified.kind, 'succeeded')
    assert.deepEqual((await api.settled()).now.digests, { api: digest('2') })
    assert.equal((await api.rollBack(initial, started)).kind, 'succeeded')
    assert.equal((await api.rollBack(initial, started)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, initial.now)
  })

  test('fails the verification if a task crashed after the rollout', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('2')
    simulator.taskFaults.add({ kind: 'crash loop', service: api.name, afterMs: 1_000, count: 1 })
    const started = await api.update(revision, initial)
    assert.equal((await api.wait(started, revision)).kind, 'succeeded')
    await api.restarted()
    await api.settled()
    const spec = { ...api.spec, stability: { timeoutMs: 10_000, windowMs: 0 } }
    const end = await inActivity(() =>
      activities.verifyRelease({ spec, revisions: [revision], started: [started] }),
    )
    assert.equal(end.kind, 'failed')
    assert.match(end.reason, /stopped after it had been healthy/)
  })

  test('of a daemon goes live on each instance, without a circuit breaker', async () => {
    const agent = await liveService('daemon')
    const initial = await agent.settled()
    assert.equal(initial.desiredCount, 2)
    const revision = await agent.register('2')
    const end = await agent.wait(await agent.update(revision, initial), revision)
    assert.equal(end.kind === 'succeeded' && end.summary, '2 of 2 tasks running')
  })

  test('conflicts with another release while it is in progress', async () => {
    const api = await liveService(false)
    const initial = await api.settled()
    const revision = await api.register('d')
    const started = await api.update(revision, initial)
    await assert.rejects(api.inspect(), failsAs('Conflict', started.deploymentId))
    const other = await api.register('2')
    await assert.rejects(api.update(other, initial), failsAs('Conflict', started.deploymentId))
    await api.rollBack(initial, started)
  })

  test('is rolled back in force mode by exactly one deployment, once the tag points back', async () => {
    const api = await liveService(true, 'force')
    const initial = await api.settled()
    moveTag('2')
    const revision = await api.register('2')
    assert.deepEqual(revision.digests, { api: digest('2') })
    const started = await api.update(revision, initial, true)
    assert.equal((await api.wait(started, revision)).kind, 'succeeded')
    moveTag('1')
    for (const known of [started, started, undefined]) {
      assert.equal((await api.rollBack(initial, known)).kind, 'succeeded')
      assert.deepEqual((await api.settled()).now, initial.now)
      assert.equal((await api.deploymentsOf(revision)).length, 3)
    }
  })

  test('is planned without changing anything', async () => {
    const api = await liveService(true)
    await api.settled()
    const plan = await inActivity(() => activities.planRelease({ spec: api.spec, commit }))
    const [change] = plan.services[0]?.changes ?? []
    assert.equal(change?.path, 'containerDefinitions.api.image')
    assert.match(change.after ?? '', new RegExp(`mailman-api:api-${commit} \\(to be built\\)$`))
  })
})
