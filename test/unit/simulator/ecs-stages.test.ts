import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import { setAlarm } from '../../../simulator/ecs/index.ts'
import { first, stage, type Stage, type StageOptions } from './stage.ts'

const minute = 60_000

/** A service in two colours that deploys as `deploymentConfiguration` says. */
const coloured = (deploymentConfiguration: object, options: StageOptions = {}) =>
  stage({ loadBalancer: 'colours', deploymentConfiguration, ...options })

const current = (played: Stage): ServiceDeployment => first(played.serviceDeployments())

/** Weight of each target group by the rule, `[of the first, of the other]`, in percent. */
function weights(played: Stage, rule: 'productionListenerRule' | 'testListenerRule'): number[] {
  const { Rules } = played.call('DescribeRules', { RuleArns: [played.colours[rule]] })
  const groups = first(Rules as { Actions: { ForwardConfig: ForwardConfig }[] }[]).Actions[0]
    ?.ForwardConfig.TargetGroups
  const all = (groups ?? []).reduce((sum, { Weight }) => sum + Weight, 0)
  return [played.targetGroup, played.colours.alternateTargetGroupArn].map((arn) => {
    const group = groups?.find(({ TargetGroupArn }) => TargetGroupArn === arn)
    return Math.round(((group?.Weight ?? 0) / all) * 1000) / 10
  })
}

interface ForwardConfig {
  readonly TargetGroups: readonly { TargetGroupArn: string; Weight: number }[]
}

/** The stages that a deployment passes, each with the production traffic that it gives to green. */
async function stagesOf(played: Stage): Promise<string[]> {
  const seen: string[] = []
  await played.settle(() => {
    const { lifecycleStage, targetServiceRevision } = current(played)
    const weight = targetServiceRevision?.requestedProductionTrafficWeight
    const said = `${lifecycleStage} ${weight}`
    if (lifecycleStage !== undefined && seen.at(-1) !== said) seen.push(said)
  })
  return seen
}

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
