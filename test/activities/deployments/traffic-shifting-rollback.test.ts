import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ECSClient, StopServiceDeploymentCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import type { Simulator } from '../../../simulator/start.ts'
import { addHooks, startService, startTrafficShiftingAccount } from './traffic-shifting-account.ts'

let simulator: Simulator
before(async () => {
  simulator = await startTrafficShiftingAccount()
})
after(() => simulator.close())

describe('the rollback of a deployment that shifts traffic', () => {
  test('starts from an aborted canary that still has its traffic', async () => {
    const api = await startService({
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 10 },
    })
    const initial = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, initial)
    const waiting = api.wait(started, revision)
    const { serviceDeploymentArn } = await api.newest(
      ({ lifecycleStage }) => lifecycleStage === 'PRODUCTION_TRAFFIC_SHIFT',
    )
    await new ECSClient().send(
      new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ABORT' }),
    )
    assert.equal((await waiting).kind, 'failed')
    assert.deepEqual((await api.servingColours()).toSorted(), ['blue', 'green'])
    // The rollback is a canary deployment itself, so this shortens it.
    await new ECSClient().send(
      new UpdateServiceCommand({
        cluster: 'mailman',
        service: api.spec.services[0]?.ecsService,
        deploymentConfiguration: { canaryConfiguration: { canaryBakeTimeInMinutes: 1 } },
      }),
    )
    assert.equal((await api.rollBack(initial, started)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, initial.now)
    assert.equal((await api.servingColours()).length, 1)
  })

  test("works for a release that never learned the deployment's id", async () => {
    const api = await startService({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 })
    const initial = await api.settled()
    await api.update(await api.register('2'), initial)
    await api.newest(({ lifecycleStage }) => lifecycleStage === 'BAKE_TIME')
    assert.equal((await api.rollBack(initial)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, initial.now)
  })
})

describe('a deployment that runs out of time', () => {
  const stages = [
    'PRE_SCALE_UP',
    'POST_SCALE_UP',
    'TEST_TRAFFIC_SHIFT',
    'POST_TEST_TRAFFIC_SHIFT',
    'PRODUCTION_TRAFFIC_SHIFT',
    'POST_PRODUCTION_TRAFFIC_SHIFT',
  ] as const
  for (const stage of stages) {
    test(`is stopped at ${stage} and rolled back`, async () => {
      const api = await startService({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 })
      await api.settled()
      simulator.engine.state.hookAnswers['slow'] = { hookStatus: 'IN_PROGRESS' }
      await addHooks(api, [
        {
          hookTargetArn: 'arn:aws:lambda:us-east-1:000000000000:function:slow',
          roleArn: 'arn:aws:iam::000000000000:role/hooks',
          lifecycleStages: [stage],
        },
      ])
      const initial = await api.settled()
      const revision = await api.register('2')
      const started = await api.update(revision, initial)
      await api.newest(({ lifecycleStage }) => lifecycleStage === stage)
      const end = await api.wait(started, revision, 200)
      assert.equal(end.kind, 'timed_out')
      assert.match(end.reason, /a lifecycle hook runs \(slow\)/)
      assert.equal((await api.rollBack(initial, started)).kind, 'succeeded')
      assert.equal((await api.newest()).status, 'ROLLBACK_SUCCESSFUL')
      assert.deepEqual((await api.settled()).now, initial.now)
      assert.deepEqual(await api.servingColours(), ['blue'])
    })
  }

  for (const stage of ['SCALE_UP', 'BAKE_TIME', 'CLEAN_UP'] as const) {
    test(`is rolled back from ${stage}`, async () => {
      const bakeTimeInMinutes = stage === 'BAKE_TIME' ? 10 : 0
      const api = await startService({ strategy: 'BLUE_GREEN', bakeTimeInMinutes })
      const initial = await api.settled()
      const revision = await api.register(stage === 'SCALE_UP' ? 'd' : '2')
      const started = await api.update(revision, initial)
      await api.newest(({ lifecycleStage }) => lifecycleStage === stage)
      assert.equal((await api.rollBack(initial, started)).kind, 'succeeded')
      assert.deepEqual((await api.settled()).now, initial.now)
      assert.deepEqual(await api.servingColours(), ['blue'])
    })
  }
})
