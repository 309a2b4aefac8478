import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ECSClient, UpdateServiceCommand, type DeploymentConfiguration } from '@aws-sdk/client-ecs'
import { setAlarm } from '../../../simulator/ecs/index.ts'
import type { Simulator } from '../../../simulator/start.ts'
import { failsAs } from '../../unit/activities/in-activity.ts'
import { digest } from './digit-images.ts'
import { startService, startTrafficShiftingAccount } from './traffic-shifting-account.ts'

let simulator: Simulator
before(async () => {
  simulator = await startTrafficShiftingAccount()
})
after(() => simulator.close())

describe('a deployment that shifts traffic', () => {
  test('goes live after its bake time, and is rolled back by another blue/green deployment', async () => {
    const api = await startService({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 })
    const initial = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, initial)
    const end = await api.wait(started, revision)
    assert.equal(end.kind === 'succeeded' && end.basis, 'service deployment')
    assert.match(api.summaries.join('\n'), /baking for 1 min/)
    assert.equal((await api.newest()).status, 'SUCCESSFUL')
    assert.deepEqual(await api.servingColours(), ['green'])
    assert.equal((await api.verify(started, revision)).kind, 'succeeded')

    api.summaries.length = 0
    assert.equal((await api.rollBack(initial, started)).kind, 'succeeded')
    assert.match(api.summaries.join('\n'), /baking for 1 min/)
    assert.deepEqual((await api.settled()).now, initial.now)
    assert.deepEqual(await api.servingColours(), ['blue'])
  })

  test('in canary or linear steps reports its share of the traffic', async () => {
    const strategies: readonly (readonly [DeploymentConfiguration, RegExp])[] = [
      [
        {
          strategy: 'CANARY',
          canaryConfiguration: { canaryPercent: 2.5, canaryBakeTimeInMinutes: 1 },
        },
        /production traffic shift \(2\.5 % of production traffic\)/,
      ],
      [
        {
          strategy: 'LINEAR',
          linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 1 },
        },
        /production traffic shift \(50 % of production traffic\)/,
      ],
    ]
    for (const [configuration, words] of strategies) {
      const api = await startService(configuration)
      const initial = await api.settled()
      const revision = await api.register('2')
      const started = await api.update(revision, initial)
      assert.equal((await api.wait(started, revision)).kind, 'succeeded')
      assert.match(api.summaries.join('\n'), words)
      assert.equal((await api.verify(started, revision)).kind, 'succeeded')
    }
  })

  test('is rolled back by ECS when an alarm goes off during the bake time', async () => {
    const api = await startService({
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: 10,
      alarms: { alarmNames: ['5xx'], enable: true, rollback: true },
    })
    const initial = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, initial)
    const waiting = api.wait(started, revision)
    await api.newest(({ lifecycleStage }) => lifecycleStage === 'BAKE_TIME')
    setAlarm(simulator.engine, '5xx', 'ALARM')
    const end = await waiting
    setAlarm(simulator.engine, '5xx', 'OK')
    assert.equal(end.kind, 'rolled_back')
    assert.match(end.cause, /5xx/)
    assert.deepEqual(await api.servingColours(), ['blue'])
    assert.equal((await api.rollBack(initial, started)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, initial.now)
  })

  test('is rolled back by ECS when its tasks do not start, before it gets any traffic', async () => {
    const api = await startService({
      strategy: 'CANARY',
      deploymentCircuitBreaker: { enable: true, rollback: true },
    })
    const initial = await api.settled()
    const revision = await api.register('c')
    const end = await api.wait(await api.update(revision, initial), revision)
    assert.equal(end.kind, 'rolled_back')
    assert.match(end.cause, /exited with 3/)
    assert.equal((await api.newest()).targetServiceRevision?.requestedProductionTrafficWeight, 0)
  })

  test('is rejected if it cannot end within the timeout', async () => {
    const api = await startService({
      strategy: 'LINEAR',
      linearConfiguration: { stepPercent: 10, stepBakeTimeInMinutes: 6 },
      bakeTimeInMinutes: 10,
    })
    await api.newest(({ finishedAt }) => finishedAt !== undefined)
    await assert.rejects(
      api.inspect(),
      failsAs(
        'PreconditionFailed',
        'linear deployment',
        '64 min',
        '"stability.timeout"',
        '60 min',
        '"79m"',
      ),
    )
  })

  test("is left alone once someone else's deployment replaces it", async () => {
    const api = await startService({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 2 })
    const initial = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, initial)
    const other = await api.register('3')
    const waiting = api.wait(started, revision)
    await api.newest(({ lifecycleStage }) => lifecycleStage === 'BAKE_TIME')
    const { taskDefinition } = other
    const [service] = api.spec.services
    await new ECSClient().send(
      new UpdateServiceCommand({
        cluster: 'mailman',
        service: service?.ecsService,
        taskDefinition,
      }),
    )
    assert.equal((await waiting).kind, 'replaced')
    assert.equal((await api.rollBack(initial, started)).kind, 'replaced')
    assert.deepEqual((await api.settled()).now.digests, { api: digest('3') })
  })
})
