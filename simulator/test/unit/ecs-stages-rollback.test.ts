import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setAlarm } from '../../ecs/index.ts'
import { coloured, current, minute, stagesOf, weights } from './blue-green-service.ts'
import type { Stage } from './stage.ts'

const blueAgain = (played: Stage, was: string | undefined) => {
  assert.equal(current(played).status, 'ROLLBACK_SUCCESSFUL')
  assert.equal(played.service().taskDefinition, was)
  assert.deepEqual(weights(played, 'productionListenerRule'), [100, 0])
  assert.equal(played.service().runningCount, 2)
  const running = played.tasks().filter(({ lastStatus }) => lastStatus !== 'STOPPED')
  assert.ok(running.every(({ taskDefinitionArn }) => taskDefinitionArn === was))
}

describe('the way back', () => {
  const stops = [
    'PRE_SCALE_UP',
    'SCALE_UP',
    'POST_SCALE_UP',
    'TEST_TRAFFIC_SHIFT',
    'POST_TEST_TRAFFIC_SHIFT',
    'PRODUCTION_TRAFFIC_SHIFT',
    'POST_PRODUCTION_TRAFFIC_SHIFT',
    'BAKE_TIME',
    'CLEAN_UP',
  ]
  for (const at of stops) {
    test(`from ${at} leads to blue, its own tasks and all traffic`, async () => {
      const played = await coloured({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 })
      const was = played.primary()
      const old = played.tasks().map(({ taskArn }) => taskArn)
      played.deploy('registry/api:2')
      await played.clock.advanceUntil(() => current(played).lifecycleStage === at, 30 * minute)
      const { serviceDeploymentArn } = current(played)
      played.call('StopServiceDeployment', { serviceDeploymentArn })
      assert.equal(await played.settle(), true)
      blueAgain(played, was.taskDefinition)
      if (at === 'CLEAN_UP') return
      assert.equal(played.primary().id, was.id)
      const running = played.tasks().filter(({ lastStatus }) => lastStatus === 'RUNNING')
      assert.deepEqual(
        running.map(({ taskArn }) => taskArn),
        old,
      )
    })
  }

  test('is taken for an alarm that rings while it bakes', async () => {
    const played = await coloured({
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: 10,
      alarms: { alarmNames: ['5xx'], enable: true, rollback: true },
    })
    const { taskDefinition } = played.primary()
    played.deploy('registry/api:2')
    await played.clock.advanceUntil(
      () => current(played).lifecycleStage === 'BAKE_TIME',
      9 * minute,
    )
    setAlarm(played.engine, '5xx', 'ALARM')
    await played.settle()
    blueAgain(played, taskDefinition)
    assert.deepEqual(current(played).alarms?.triggeredAlarmNames, ['5xx'])
  })

  test('is taken for tasks that do not start, before anybody is sent to them', async () => {
    const played = await coloured(
      {
        strategy: 'CANARY',
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      { behave: (revision) => (revision > 1 ? { exits: { afterMs: 100 } } : {}) },
    )
    const { taskDefinition } = played.primary()
    played.deploy('registry/api:2')
    await played.settle(() => assert.deepEqual(weights(played, 'productionListenerRule'), [100, 0]))
    blueAgain(played, taskDefinition)
  })

  test('is not taken by ABORT: both colours stay, with the traffic that they have', async () => {
    const played = await coloured({
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 10 },
    })
    played.deploy('registry/api:2')
    await played.clock.advanceUntil(
      () => current(played).lifecycleStage === 'PRODUCTION_TRAFFIC_SHIFT',
      9 * minute,
    )
    const { serviceDeploymentArn } = current(played)
    played.call('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ABORT' })
    await played.clock.advance(30 * minute)
    assert.equal(current(played).status, 'STOPPED')
    assert.deepEqual(weights(played, 'productionListenerRule'), [90, 10])
    assert.equal(played.service().runningCount, 4)
    // The next one clears up: blue serves alone, then is replaced.
    played.deploy('registry/api:3')
    assert.deepEqual(weights(played, 'productionListenerRule'), [100, 0])
    const stages = await stagesOf(played)
    assert.equal(stages[0], 'RECONCILE_SERVICE 0')
    assert.equal(current(played).status, 'SUCCESSFUL')
    assert.equal(played.service().runningCount, 2)
  })
})
