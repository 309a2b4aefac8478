import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulateBlueGreen, current, minute, stagesOf, weights } from './blue-green-service.ts'
import { first } from './service-simulation.ts'

test('a blue/green deployment passes its stages, and shifts all traffic at once', async () => {
  const simulation = await simulateBlueGreen({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 })
  assert.deepEqual(weights(simulation, 'productionListenerRule'), [100, 0])
  simulation.deploy('registry/api:2')
  assert.deepEqual(await stagesOf(simulation), [
    'PRE_SCALE_UP 0',
    'SCALE_UP 0',
    'POST_SCALE_UP 0',
    'TEST_TRAFFIC_SHIFT 0',
    'POST_TEST_TRAFFIC_SHIFT 0',
    'PRE_PRODUCTION_TRAFFIC_SHIFT 0',
    'PRODUCTION_TRAFFIC_SHIFT 100',
    'POST_PRODUCTION_TRAFFIC_SHIFT 100',
    'BAKE_TIME 100',
    'CLEAN_UP 100',
  ])
  assert.equal(current(simulation).status, 'SUCCESSFUL')
  assert.deepEqual(weights(simulation, 'productionListenerRule'), [0, 100])
  simulation.deploy('registry/api:3')
  await simulation.settle()
  assert.deepEqual(weights(simulation, 'productionListenerRule'), [100, 0])
})

test('blue and green run in full during the bake time, and blue stops only afterwards', async () => {
  const simulation = await simulateBlueGreen({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 60 })
  const began = simulation.clock.now()
  const { id } = simulation.deploy('registry/api:2')
  await simulation.clock.advanceUntil(
    () => current(simulation).lifecycleStage === 'BAKE_TIME',
    10 * minute,
  )
  const counts = () =>
    simulation
      .service()
      .deployments?.map(({ status, rolloutState, runningCount }) => [
        status,
        rolloutState,
        runningCount,
      ])
  const both = [
    ['PRIMARY', 'IN_PROGRESS', 2],
    ['ACTIVE', 'COMPLETED', 2],
  ]
  assert.deepEqual(counts(), both)
  assert.deepEqual(
    current(simulation).sourceServiceRevisions?.map((one) => one.requestedProductionTrafficWeight),
    [0],
  )
  await simulation.clock.advance(59 * minute)
  assert.deepEqual(counts(), both)
  await simulation.clock.advance(5 * minute)
  assert.deepEqual([simulation.primary().id, simulation.primary().rolloutState], [id, 'COMPLETED'])
  assert.ok(simulation.clock.now() - began > 60 * minute)
  const revisions = simulation.call('DescribeServiceRevisions', {
    serviceRevisionArns: [current(simulation).targetServiceRevision?.arn],
  }) as { serviceRevisions: { resolvedConfiguration: { loadBalancers: object[] } }[] }
  assert.deepEqual(first(revisions.serviceRevisions).resolvedConfiguration.loadBalancers, [
    {
      targetGroupArn: simulation.routing.alternateTargetGroupArn,
      productionListenerRule: simulation.routing.productionListenerRule,
    },
  ])
})

test('test traffic goes to green before production traffic, and returns to blue on a rollback', async () => {
  const simulation = await simulateBlueGreen({ strategy: 'BLUE_GREEN' })
  simulation.deploy('registry/api:2')
  const until = (stageName: string) =>
    simulation.clock.advanceUntil(
      () => current(simulation).lifecycleStage === stageName,
      10 * minute,
    )
  await until('POST_TEST_TRAFFIC_SHIFT')
  assert.deepEqual(weights(simulation, 'testListenerRule'), [0, 100])
  assert.deepEqual(weights(simulation, 'productionListenerRule'), [100, 0])
  assert.equal(current(simulation).targetServiceRevision?.requestedTestTrafficWeight, 100)
})

test('a canary gets its share of traffic, bakes, and then gets all', async () => {
  const simulation = await simulateBlueGreen({
    strategy: 'CANARY',
    canaryConfiguration: { canaryPercent: 2.5, canaryBakeTimeInMinutes: 15 },
    bakeTimeInMinutes: 5,
  })
  simulation.deploy('registry/api:2')
  const shifted = (percent: number) =>
    simulation.clock.advanceUntil(
      () => current(simulation).targetServiceRevision?.requestedProductionTrafficWeight === percent,
      30 * minute,
    )
  assert.equal(await shifted(2.5), true)
  const at = simulation.clock.now()
  assert.deepEqual(weights(simulation, 'productionListenerRule'), [97.5, 2.5])
  assert.deepEqual(
    current(simulation).sourceServiceRevisions?.map((one) => one.requestedProductionTrafficWeight),
    [97.5],
  )
  assert.equal(await shifted(100), true)
  assert.ok(simulation.clock.now() - at >= 15 * minute)
  await simulation.settle()
  assert.equal(current(simulation).status, 'SUCCESSFUL')
})

test('a linear deployment shifts step by step, and does not wait after the last step', async () => {
  const simulation = await simulateBlueGreen({
    strategy: 'LINEAR',
    linearConfiguration: { stepPercent: 40, stepBakeTimeInMinutes: 1 },
  })
  simulation.deploy('registry/api:2')
  const shifts = (await stagesOf(simulation)).filter((one) => one.startsWith('PRODUCTION'))
  assert.deepEqual(shifts, [
    'PRODUCTION_TRAFFIC_SHIFT 40',
    'PRODUCTION_TRAFFIC_SHIFT 80',
    'PRODUCTION_TRAFFIC_SHIFT 100',
  ])
})

test('a service without traffic passes the same stages without weights', async () => {
  const simulation = await simulateBlueGreen({ strategy: 'BLUE_GREEN' }, { loadBalancer: false })
  simulation.deploy('registry/api:2')
  assert.equal((await stagesOf(simulation)).at(-1), 'CLEAN_UP undefined')
  assert.equal(current(simulation).status, 'SUCCESSFUL')
  assert.equal(simulation.service().runningCount, 2)
})

test('a new deployment stops one that is baking, and starts from what ran before', async () => {
  const simulation = await simulateBlueGreen({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 })
  simulation.deploy('registry/api:2')
  await simulation.clock.advanceUntil(
    () => current(simulation).lifecycleStage === 'BAKE_TIME',
    9 * minute,
  )
  const { id } = simulation.deploy('registry/api:3')
  assert.deepEqual(weights(simulation, 'productionListenerRule'), [100, 0])
  await simulation.settle()
  assert.deepEqual(
    simulation.serviceDeployments().map(({ status }) => status),
    ['SUCCESSFUL', 'STOPPED', 'SUCCESSFUL'],
  )
  assert.equal(simulation.primary().id, id)
  assert.deepEqual(weights(simulation, 'productionListenerRule'), [0, 100])
})

test('scaling applies to blue and green', async () => {
  const simulation = await simulateBlueGreen({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 })
  simulation.deploy('registry/api:2')
  await simulation.clock.advanceUntil(
    () => current(simulation).lifecycleStage === 'BAKE_TIME',
    9 * minute,
  )
  simulation.call('UpdateService', { cluster: 'mailman', service: 'api', desiredCount: 3 })
  await simulation.clock.advance(2 * minute)
  assert.deepEqual(
    simulation.service().deployments?.map(({ runningCount }) => runningCount),
    [3, 3],
  )
  await simulation.settle()
  assert.equal(current(simulation).status, 'SUCCESSFUL')
})
