import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ContinueServiceDeploymentCommand, ECSClient } from '@aws-sdk/client-ecs'
import type { Simulator } from '../../../simulator/start.ts'
import {
  addHooks,
  pauseAt,
  startService,
  startTrafficShiftingAccount,
  untilReported,
} from './traffic-shifting-account.ts'

let simulator: Simulator
before(async () => {
  simulator = await startTrafficShiftingAccount()
})
after(() => simulator.close())

describe('a deployment that shifts traffic', () => {
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
})

describe('the rollback of a deployment that shifts traffic', () => {
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
