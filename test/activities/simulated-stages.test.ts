import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  ContinueServiceDeploymentCommand,
  ECSClient,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
  type DeploymentConfiguration,
} from '@aws-sdk/client-ecs'
import { createReleaseActivities } from '../../activities/index.ts'
import { until } from '../../local/process/until.ts'
import { fastTimings, setAlarm } from '../../simulator/ecs/index.ts'
import { scriptedRuntime, type Behaviour } from '../../simulator/runtime/scripted.ts'
import { startSimulator, type Simulator } from '../../simulator/start.ts'
import { failsAs } from '../unit/activities/in-activity.ts'
import { colouredService, digest } from './coloured-service.ts'
import { hurriedClock } from './hurried-clock.ts'
import { useAsAws } from './simulated-account.ts'

const activities = createReleaseActivities({ pace: { nearEndMs: 5, farMs: 20 } })

/** How the tasks of an image behave, by the first digit of its digest. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  c: { exits: { afterMs: 5, code: 3 } },
  d: { startMs: 3_600_000 },
}

let simulator: Simulator
let number = 0

before(async () => {
  const clock = hurriedClock(100)
  simulator = await startSimulator({
    clock,
    // Each stage long enough to be seen.
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

const untilSaid = (said: readonly string[], words: string) =>
  until(() => Promise.resolve(said.join().includes(words)), {
    what: `the wait to say "${words}"`,
    timeoutMs: 30_000,
  })

const coloured = (configuration: DeploymentConfiguration) => {
  number += 1
  return colouredService(activities, `api-${number}`, configuration)
}

type Coloured = Awaited<ReturnType<typeof coloured>>

const pauseAt = (...lifecycleStages: 'POST_SCALE_UP'[]) =>
  ({ targetType: 'PAUSE', lifecycleStages }) as const

/** Gives a live service hooks, which its first deployment did not have. */
async function addHooks(
  api: Coloured,
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

describe('a release of a service in two colours', () => {
  test('goes live after its bake time, and comes back by another such deployment', async () => {
    const api = await coloured({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 })
    const was = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, was)
    const end = await api.wait(started, revision)
    assert.equal(end.kind === 'succeeded' && end.basis, 'service deployment')
    assert.match(api.said.join('\n'), /baking for 1 min/)
    assert.equal((await api.newest()).status, 'SUCCESSFUL')
    assert.deepEqual(await api.served(), ['green'])
    assert.equal((await api.verify(started, revision)).kind, 'succeeded')

    api.said.length = 0
    assert.equal((await api.rollBack(was, started)).kind, 'succeeded')
    assert.match(api.said.join('\n'), /baking for 1 min/)
    assert.deepEqual((await api.settled()).now, was.now)
    assert.deepEqual(await api.served(), ['blue'])
  })

  test('by canary or linear steps says how much of the traffic it has', async () => {
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
      const api = await coloured(configuration)
      const was = await api.settled()
      const revision = await api.register('2')
      const started = await api.update(revision, was)
      assert.equal((await api.wait(started, revision)).kind, 'succeeded')
      assert.match(api.said.join('\n'), words)
      assert.equal((await api.verify(started, revision)).kind, 'succeeded')
    }
  })

  test('is rolled back by ECS when an alarm rings while it bakes', async () => {
    const api = await coloured({
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: 10,
      alarms: { alarmNames: ['5xx'], enable: true, rollback: true },
    })
    const was = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, was)
    const waiting = api.wait(started, revision)
    await api.newest(({ lifecycleStage }) => lifecycleStage === 'BAKE_TIME')
    setAlarm(simulator.engine, '5xx', 'ALARM')
    const end = await waiting
    setAlarm(simulator.engine, '5xx', 'OK')
    assert.equal(end.kind, 'rolled_back')
    assert.match(end.cause, /5xx/)
    assert.deepEqual(await api.served(), ['blue'])
    assert.equal((await api.rollBack(was, started)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, was.now)
  })

  test('is rolled back by ECS when its tasks do not start, before anybody is sent there', async () => {
    const api = await coloured({
      strategy: 'CANARY',
      deploymentCircuitBreaker: { enable: true, rollback: true },
    })
    const was = await api.settled()
    const revision = await api.register('c')
    const end = await api.wait(await api.update(revision, was), revision)
    assert.equal(end.kind, 'rolled_back')
    assert.match(end.cause, /exited with 3/)
    assert.equal((await api.newest()).targetServiceRevision?.requestedProductionTrafficWeight, 0)
  })

  test('waits for a person, says how to go on, and goes on', async () => {
    const api = await coloured({ strategy: 'BLUE_GREEN' })
    await api.settled()
    await addHooks(api, [pauseAt('POST_SCALE_UP')])
    const { warnings } = await api.inspect()
    assert.match(warnings.join('\n'), /waits for a person at POST_SCALE_UP/)
    const was = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, was)
    const waiting = api.wait(started, revision)
    const paused = await api.newest(
      ({ lifecycleHookDetails: hooks }) => hooks?.[0]?.status === 'AWAITING_ACTION',
    )
    const hookId = paused.lifecycleHookDetails?.[0]?.hookId
    await untilSaid(api.said, 'for a person')
    const { serviceDeploymentArn } = paused
    await new ECSClient().send(
      new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId }),
    )
    assert.equal((await waiting).kind, 'succeeded')
    assert.ok(
      api.said.some((summary) =>
        summary.includes(
          `aws ecs continue-service-deployment --service-deployment-arn ${serviceDeploymentArn} --hook-id ${hookId}`,
        ),
      ),
    )
  })

  test('is rolled back by ECS when a hook says so, and the hook is named', async () => {
    const api = await coloured({ strategy: 'BLUE_GREEN' })
    await api.settled()
    simulator.engine.world.hookAnswers['smoke-test'] = { hookStatus: 'FAILED' }
    await addHooks(api, [
      {
        hookTargetArn: 'arn:aws:lambda:us-east-1:000000000000:function:smoke-test',
        roleArn: 'arn:aws:iam::000000000000:role/hooks',
        lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
      },
    ])
    const was = await api.settled()
    const revision = await api.register('2')
    const end = await api.wait(await api.update(revision, was), revision)
    assert.equal(end.kind, 'rolled_back')
    assert.match(end.reason, /hook execution failure/)
    assert.equal(end.cause, 'Lifecycle hook smoke-test failed.')
    assert.deepEqual(await api.served(), ['blue'])
  })

  test('is refused where it could not end in time', async () => {
    const api = await coloured({
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

  test('that somebody replaces while it bakes is left to them', async () => {
    const api = await coloured({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 2 })
    const was = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, was)
    const theirs = await api.register('3')
    const waiting = api.wait(started, revision)
    await api.newest(({ lifecycleStage }) => lifecycleStage === 'BAKE_TIME')
    const { taskDefinition } = theirs
    const [service] = api.spec.services
    await new ECSClient().send(
      new UpdateServiceCommand({
        cluster: 'mailman',
        service: service?.ecsService,
        taskDefinition,
      }),
    )
    assert.equal((await waiting).kind, 'replaced')
    assert.equal((await api.rollBack(was, started)).kind, 'replaced')
    assert.deepEqual((await api.settled()).now.digests, { api: digest('3') })
  })
})

describe('the way back', () => {
  test('leads from a canary that somebody has aborted, which still has its traffic', async () => {
    const api = await coloured({
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 10 },
    })
    const was = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, was)
    const waiting = api.wait(started, revision)
    const { serviceDeploymentArn } = await api.newest(
      ({ lifecycleStage }) => lifecycleStage === 'PRODUCTION_TRAFFIC_SHIFT',
    )
    await new ECSClient().send(
      new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ABORT' }),
    )
    assert.equal((await waiting).kind, 'failed')
    assert.deepEqual((await api.served()).toSorted(), ['blue', 'green'])
    // It is a canary itself, and may take its time.
    await new ECSClient().send(
      new UpdateServiceCommand({
        cluster: 'mailman',
        service: api.spec.services[0]?.ecsService,
        deploymentConfiguration: { canaryConfiguration: { canaryBakeTimeInMinutes: 1 } },
      }),
    )
    assert.equal((await api.rollBack(was, started)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, was.now)
    assert.equal((await api.served()).length, 1)
  })

  test('is found by a release that never learned what it had started', async () => {
    const api = await coloured({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 })
    const was = await api.settled()
    await api.update(await api.register('2'), was)
    await api.newest(({ lifecycleStage }) => lifecycleStage === 'BAKE_TIME')
    assert.equal((await api.rollBack(was)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, was.now)
  })

  test('by another such deployment says that it waits for a person, and is waited for', async () => {
    const api = await coloured({ strategy: 'BLUE_GREEN' })
    const was = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, was)
    assert.equal((await api.wait(started, revision)).kind, 'succeeded')
    await addHooks(api, [pauseAt('POST_SCALE_UP')])
    const goingBack = api.rollBack(was, started)
    const { serviceDeploymentArn, lifecycleHookDetails: [hook] = [] } = await api.newest(
      ({ lifecycleHookDetails: hooks }) => hooks?.[0]?.status === 'AWAITING_ACTION',
    )
    await untilSaid(api.said, 'for a person')
    assert.match(api.said.at(-1) ?? '', /^ECS waits for a person/)
    await new ECSClient().send(
      new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId: hook?.hookId }),
    )
    assert.equal((await goingBack).kind, 'succeeded')
  })
})

describe('a release that is out of time', () => {
  const stages = [
    'PRE_SCALE_UP',
    'POST_SCALE_UP',
    'TEST_TRAFFIC_SHIFT',
    'POST_TEST_TRAFFIC_SHIFT',
    'PRODUCTION_TRAFFIC_SHIFT',
    'POST_PRODUCTION_TRAFFIC_SHIFT',
  ] as const
  for (const stage of stages) {
    test(`at ${stage} is stopped there and brought back`, async () => {
      const api = await coloured({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 })
      await api.settled()
      simulator.engine.world.hookAnswers['slow'] = { hookStatus: 'IN_PROGRESS' }
      await addHooks(api, [
        {
          hookTargetArn: 'arn:aws:lambda:us-east-1:000000000000:function:slow',
          roleArn: 'arn:aws:iam::000000000000:role/hooks',
          lifecycleStages: [stage],
        },
      ])
      const was = await api.settled()
      const revision = await api.register('2')
      const started = await api.update(revision, was)
      await api.newest(({ lifecycleStage }) => lifecycleStage === stage)
      const end = await api.wait(started, revision, 200)
      assert.equal(end.kind, 'timed_out')
      assert.match(end.reason, /a lifecycle hook runs \(slow\)/)
      assert.equal((await api.rollBack(was, started)).kind, 'succeeded')
      assert.equal((await api.newest()).status, 'ROLLBACK_SUCCESSFUL')
      assert.deepEqual((await api.settled()).now, was.now)
      assert.deepEqual(await api.served(), ['blue'])
    })
  }

  for (const stage of ['SCALE_UP', 'BAKE_TIME', 'CLEAN_UP'] as const) {
    test(`at ${stage} is stopped there and brought back, too`, async () => {
      const bakeTimeInMinutes = stage === 'BAKE_TIME' ? 10 : 0
      const api = await coloured({ strategy: 'BLUE_GREEN', bakeTimeInMinutes })
      const was = await api.settled()
      const revision = await api.register(stage === 'SCALE_UP' ? 'd' : '2')
      const started = await api.update(revision, was)
      await api.newest(({ lifecycleStage }) => lifecycleStage === stage)
      assert.equal((await api.rollBack(was, started)).kind, 'succeeded')
      assert.deepEqual((await api.settled()).now, was.now)
      assert.deepEqual(await api.served(), ['blue'])
    })
  }
})
