import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  ContinueServiceDeploymentCommand,
  ECSClient,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
  type DeploymentConfiguration,
} from '@aws-sdk/client-ecs'
import { createReleaseActivities } from '../../../activities/index.ts'
import { until } from '../../../local/process/until.ts'
import { fastTimings, setAlarm } from '../../../simulator/ecs/index.ts'
import { scriptedRuntime, type Behaviour } from '../../../simulator/runtime/scripted.ts'
import { startSimulator, type Simulator } from '../../../simulator/start.ts'
import { failsAs } from '../../unit/activities/in-activity.ts'
import { trafficShiftingService, digest } from './traffic-shifting-service.ts'
import { fastClock } from './fast-clock.ts'
import { useAsAws } from '../simulated-account.ts'

const activities = createReleaseActivities({ pace: { nearEndMs: 5, farMs: 20 } })

/** Behaviour of an image's tasks, by the first digit of its digest. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  c: { exits: { afterMs: 5, code: 3 } },
  d: { startMs: 3_600_000 },
}

let simulator: Simulator
let number = 0

before(async () => {
  const clock = fastClock(100)
  simulator = await startSimulator({
    clock,
    // Long enough for each stage to be observed.
    timings: { ...fastTimings, stage: 5_000 },
    runtime: scriptedRuntime({
      clock,
      behave: ({ containers: [container] }) => ({
        pullMs: 10,
        startMs: 10,
        stopMs: 10,
        ...behaviours[container?.image.split('@sha256:')[1]?.[0] ?? ''],
      }),
    }),
  })
  await useAsAws(simulator)
})

after(() => simulator.close())

const untilReported = (summaries: readonly string[], words: string) =>
  until(() => Promise.resolve(summaries.join().includes(words)), {
    what: `the wait to report "${words}"`,
    timeoutMs: 30_000,
  })

const startService = (configuration: DeploymentConfiguration) => {
  number += 1
  return trafficShiftingService(activities, `api-${number}`, configuration)
}

type TrafficShiftingService = Awaited<ReturnType<typeof startService>>

const pauseAt = (...lifecycleStages: 'POST_SCALE_UP'[]) =>
  ({ targetType: 'PAUSE', lifecycleStages }) as const

/** Adds hooks to a live service, whose first deployment ran without them. */
async function addHooks(
  api: TrafficShiftingService,
  lifecycleHooks: DeploymentConfiguration['lifecycleHooks'],
): Promise<void> {
  await new ECSClient().send(
    new UpdateServiceCommand({
      cluster: 'mailman',
      service: api.spec.services[0]?.ecsService,
      deploymentConfiguration: { lifecycleHooks },
    }),
  )
}

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

  test('waits for a person, shows the command that continues it, and continues', async () => {
    const api = await startService({ strategy: 'BLUE_GREEN' })
    await api.settled()
    await addHooks(api, [pauseAt('POST_SCALE_UP')])
    const { warnings } = await api.inspect()
    assert.match(warnings.join('\n'), /waits for a person at POST_SCALE_UP/)
    const initial = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, initial)
    const waiting = api.wait(started, revision)
    const paused = await api.newest(
      ({ lifecycleHookDetails: hooks }) => hooks?.[0]?.status === 'AWAITING_ACTION',
    )
    const hookId = paused.lifecycleHookDetails?.[0]?.hookId
    await untilReported(api.summaries, 'for a person')
    const { serviceDeploymentArn } = paused
    await new ECSClient().send(
      new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId }),
    )
    assert.equal((await waiting).kind, 'succeeded')
    assert.ok(
      api.summaries.some((summary) =>
        summary.includes(
          `aws ecs continue-service-deployment --service-deployment-arn ${serviceDeploymentArn} --hook-id ${hookId}`,
        ),
      ),
    )
  })

  test('is rolled back by ECS when a hook fails, and the result names the hook', async () => {
    const api = await startService({ strategy: 'BLUE_GREEN' })
    await api.settled()
    simulator.engine.state.hookAnswers['smoke-test'] = { hookStatus: 'FAILED' }
    await addHooks(api, [
      {
        hookTargetArn: 'arn:aws:lambda:us-east-1:000000000000:function:smoke-test',
        roleArn: 'arn:aws:iam::000000000000:role/hooks',
        lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
      },
    ])
    const initial = await api.settled()
    const revision = await api.register('2')
    const end = await api.wait(await api.update(revision, initial), revision)
    assert.equal(end.kind, 'rolled_back')
    assert.match(end.reason, /hook execution failure/)
    assert.equal(end.cause, 'Lifecycle hook smoke-test failed.')
    assert.deepEqual(await api.servingColours(), ['blue'])
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

  test('reports that it waits for a person, and is awaited', async () => {
    const api = await startService({ strategy: 'BLUE_GREEN' })
    const initial = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, initial)
    assert.equal((await api.wait(started, revision)).kind, 'succeeded')
    await addHooks(api, [pauseAt('POST_SCALE_UP')])
    const rollback = api.rollBack(initial, started)
    const { serviceDeploymentArn, lifecycleHookDetails: [hook] = [] } = await api.newest(
      ({ lifecycleHookDetails: hooks }) => hooks?.[0]?.status === 'AWAITING_ACTION',
    )
    await untilReported(api.summaries, 'for a person')
    assert.match(api.summaries.at(-1) ?? '', /^ECS waits for a person/)
    await new ECSClient().send(
      new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId: hook?.hookId }),
    )
    assert.equal((await rollback).kind, 'succeeded')
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
