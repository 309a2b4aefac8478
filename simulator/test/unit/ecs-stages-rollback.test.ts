import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setAlarm } from '../../ecs/index.ts'
import { simulateBlueGreen, current, minute, stagesOf, weights } from './blue-green-service.ts'
import type { ServiceSimulation } from './service-simulation.ts'

const blueAgain = (simulation: ServiceSimulation, was: string | undefined) => {
  assert.equal(current(simulation).status, 'ROLLBACK_SUCCESSFUL')
  assert.equal(simulation.service().taskDefinition, was)
  assert.deepEqual(weights(simulation, 'productionListenerRule'), [100, 0])
  assert.equal(simulation.service().runningCount, 2)
  const running = simulation.tasks().filter(({ lastStatus }) => lastStatus !== 'STOPPED')
  assert.ok(running.every(({ taskDefinitionArn }) => taskDefinitionArn === was))
}

describe('the rollback of a blue/green deployment', () => {
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
    test(`from ${at} ends with blue, its own tasks and all traffic`, async () => {
      const simulation = await simulateBlueGreen({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 })
      const was = simulation.primary()
      const old = simulation.tasks().map(({ taskArn }) => taskArn)
      simulation.deploy('registry/api:2')
      await simulation.clock.advanceUntil(
        () => current(simulation).lifecycleStage === at,
        30 * minute,
      )
      const { serviceDeploymentArn } = current(simulation)
      simulation.call('StopServiceDeployment', { serviceDeploymentArn })
      assert.equal(await simulation.settle(), true)
      blueAgain(simulation, was.taskDefinition)
      if (at === 'CLEAN_UP') return
      assert.equal(simulation.primary().id, was.id)
      const running = simulation.tasks().filter(({ lastStatus }) => lastStatus === 'RUNNING')
      assert.deepEqual(
        running.map(({ taskArn }) => taskArn),
        old,
      )
    })
  }

  test('starts for an alarm during the bake time', async () => {
    const simulation = await simulateBlueGreen({
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: 10,
      alarms: { alarmNames: ['5xx'], enable: true, rollback: true },
    })
    const { taskDefinition } = simulation.primary()
    simulation.deploy('registry/api:2')
    await simulation.clock.advanceUntil(
      () => current(simulation).lifecycleStage === 'BAKE_TIME',
      9 * minute,
    )
    setAlarm(simulation.engine, '5xx', 'ALARM')
    await simulation.settle()
    blueAgain(simulation, taskDefinition)
    assert.deepEqual(current(simulation).alarms?.triggeredAlarmNames, ['5xx'])
  })

  test('starts for tasks that do not start, before they get any traffic', async () => {
    const simulation = await simulateBlueGreen(
      {
        strategy: 'CANARY',
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      { behave: (revision) => (revision > 1 ? { exits: { afterMs: 100 } } : {}) },
    )
    const { taskDefinition } = simulation.primary()
    simulation.deploy('registry/api:2')
    await simulation.settle(() =>
      assert.deepEqual(weights(simulation, 'productionListenerRule'), [100, 0]),
    )
    blueAgain(simulation, taskDefinition)
  })

  test('does not start for ABORT: blue and green stay, with their current traffic', async () => {
    const simulation = await simulateBlueGreen({
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 10 },
    })
    simulation.deploy('registry/api:2')
    await simulation.clock.advanceUntil(
      () => current(simulation).lifecycleStage === 'PRODUCTION_TRAFFIC_SHIFT',
      9 * minute,
    )
    const { serviceDeploymentArn } = current(simulation)
    simulation.call('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ABORT' })
    await simulation.clock.advance(30 * minute)
    assert.equal(current(simulation).status, 'STOPPED')
    assert.deepEqual(weights(simulation, 'productionListenerRule'), [90, 10])
    assert.equal(simulation.service().runningCount, 4)
    // The next deployment cleans up: blue serves alone, then is replaced.
    simulation.deploy('registry/api:3')
    assert.deepEqual(weights(simulation, 'productionListenerRule'), [100, 0])
    const stages = await stagesOf(simulation)
    assert.equal(stages[0], 'RECONCILE_SERVICE 0')
    assert.equal(current(simulation).status, 'SUCCESSFUL')
    assert.equal(simulation.service().runningCount, 2)
  })
})
