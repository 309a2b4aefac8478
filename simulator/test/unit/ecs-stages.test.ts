import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coloured, current, minute, stagesOf, weights } from './blue-green-service.ts'
import { first } from './stage.ts'

test('a blue/green deployment passes its stages, and shifts all traffic at once', async () => {
  const played = await coloured({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 })
  assert.deepEqual(weights(played, 'productionListenerRule'), [100, 0])
  played.deploy('registry/api:2')
  assert.deepEqual(await stagesOf(played), [
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
  assert.equal(current(played).status, 'SUCCESSFUL')
  assert.deepEqual(weights(played, 'productionListenerRule'), [0, 100])
  played.deploy('registry/api:3')
  await played.settle()
  assert.deepEqual(weights(played, 'productionListenerRule'), [100, 0])
})

test('both colours run in full while it bakes, and blue goes only then', async () => {
  const played = await coloured({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 60 })
  const began = played.clock.now()
  const { id } = played.deploy('registry/api:2')
  await played.clock.advanceUntil(() => current(played).lifecycleStage === 'BAKE_TIME', 10 * minute)
  const counts = () =>
    played
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
    current(played).sourceServiceRevisions?.map((one) => one.requestedProductionTrafficWeight),
    [0],
  )
  await played.clock.advance(59 * minute)
  assert.deepEqual(counts(), both)
  await played.clock.advance(5 * minute)
  assert.deepEqual([played.primary().id, played.primary().rolloutState], [id, 'COMPLETED'])
  assert.ok(played.clock.now() - began > 60 * minute)
  const revisions = played.call('DescribeServiceRevisions', {
    serviceRevisionArns: [current(played).targetServiceRevision?.arn],
  }) as { serviceRevisions: { resolvedConfiguration: { loadBalancers: object[] } }[] }
  assert.deepEqual(first(revisions.serviceRevisions).resolvedConfiguration.loadBalancers, [
    {
      targetGroupArn: played.colours.alternateTargetGroupArn,
      productionListenerRule: played.colours.productionListenerRule,
    },
  ])
})

test('test traffic goes to green before production traffic does, and back to where blue is', async () => {
  const played = await coloured({ strategy: 'BLUE_GREEN' })
  played.deploy('registry/api:2')
  const until = (stageName: string) =>
    played.clock.advanceUntil(() => current(played).lifecycleStage === stageName, 10 * minute)
  await until('POST_TEST_TRAFFIC_SHIFT')
  assert.deepEqual(weights(played, 'testListenerRule'), [0, 100])
  assert.deepEqual(weights(played, 'productionListenerRule'), [100, 0])
  assert.equal(current(played).targetServiceRevision?.requestedTestTrafficWeight, 100)
})

test('a canary gets its share, is watched, and then gets all', async () => {
  const played = await coloured({
    strategy: 'CANARY',
    canaryConfiguration: { canaryPercent: 2.5, canaryBakeTimeInMinutes: 15 },
    bakeTimeInMinutes: 5,
  })
  played.deploy('registry/api:2')
  const shifted = (percent: number) =>
    played.clock.advanceUntil(
      () => current(played).targetServiceRevision?.requestedProductionTrafficWeight === percent,
      30 * minute,
    )
  assert.equal(await shifted(2.5), true)
  const at = played.clock.now()
  assert.deepEqual(weights(played, 'productionListenerRule'), [97.5, 2.5])
  assert.deepEqual(
    current(played).sourceServiceRevisions?.map((one) => one.requestedProductionTrafficWeight),
    [97.5],
  )
  assert.equal(await shifted(100), true)
  assert.ok(played.clock.now() - at >= 15 * minute)
  await played.settle()
  assert.equal(current(played).status, 'SUCCESSFUL')
})

test('a linear deployment shifts step by step, and does not wait after the last', async () => {
  const played = await coloured({
    strategy: 'LINEAR',
    linearConfiguration: { stepPercent: 40, stepBakeTimeInMinutes: 1 },
  })
  played.deploy('registry/api:2')
  const shifts = (await stagesOf(played)).filter((one) => one.startsWith('PRODUCTION'))
  assert.deepEqual(shifts, [
    'PRODUCTION_TRAFFIC_SHIFT 40',
    'PRODUCTION_TRAFFIC_SHIFT 80',
    'PRODUCTION_TRAFFIC_SHIFT 100',
  ])
})

test('a service without traffic passes the same stages without weights', async () => {
  const played = await coloured({ strategy: 'BLUE_GREEN' }, { loadBalancer: false })
  played.deploy('registry/api:2')
  assert.equal((await stagesOf(played)).at(-1), 'CLEAN_UP undefined')
  assert.equal(current(played).status, 'SUCCESSFUL')
  assert.equal(played.service().runningCount, 2)
})

test('a new deployment while one bakes stops it, and begins from what ran before', async () => {
  const played = await coloured({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 })
  played.deploy('registry/api:2')
  await played.clock.advanceUntil(() => current(played).lifecycleStage === 'BAKE_TIME', 9 * minute)
  const { id } = played.deploy('registry/api:3')
  assert.deepEqual(weights(played, 'productionListenerRule'), [100, 0])
  await played.settle()
  assert.deepEqual(
    played.serviceDeployments().map(({ status }) => status),
    ['SUCCESSFUL', 'STOPPED', 'SUCCESSFUL'],
  )
  assert.equal(played.primary().id, id)
  assert.deepEqual(weights(played, 'productionListenerRule'), [0, 100])
})

test('scaling concerns both colours', async () => {
  const played = await coloured({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 })
  played.deploy('registry/api:2')
  await played.clock.advanceUntil(() => current(played).lifecycleStage === 'BAKE_TIME', 9 * minute)
  played.call('UpdateService', { cluster: 'mailman', service: 'api', desiredCount: 3 })
  await played.clock.advance(2 * minute)
  assert.deepEqual(
    played.service().deployments?.map(({ runningCount }) => runningCount),
    [3, 3],
  )
  await played.settle()
  assert.equal(current(played).status, 'SUCCESSFUL')
})
