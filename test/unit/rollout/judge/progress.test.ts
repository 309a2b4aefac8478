import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ObservedHook, ObservedService } from '../../../../rollout/observation.ts'
import {
  isAllThere,
  isFarFromItsEnd,
  isPaused,
  progressOf,
  stallOf,
} from '../../../../rollout/progress.ts'
import { crashedTask, deploymentWith, observationWith, ours, recordWith } from '../observations.ts'

const gap = { kind: 'no primary' } as const
const hook: ObservedHook = {
  id: 'h',
  type: 'AWS_LAMBDA',
  target: 'smoke-test',
  status: 'IN_PROGRESS',
  timeoutAction: 'ROLLBACK',
}
const pause: ObservedHook = {
  ...hook,
  id: 'p',
  type: 'PAUSE',
  target: '',
  status: 'AWAITING_ACTION',
}
const withHooks = (...hooks: ObservedHook[]) => ({ ...recordWith(), hooks })

describe('progress', () => {
  test('of a rolling deployment is its gap, and how many tasks have crashed', () => {
    const observation = observationWith({ tasks: [crashedTask()] })
    assert.deepEqual(progressOf(observation, ours, gap, undefined), { gap, crashed: 1 })
    assert.deepEqual(progressOf(observation, ours, gap, recordWith()), { gap, crashed: 1 })
  })

  test('of a deployment in stages is its stage, the hook that runs, and the one that waits', () => {
    const done = { ...hook, id: 'done', status: 'SUCCEEDED' }
    const record = {
      ...withHooks(done, { ...pause, expiresAt: 7 }, hook),
      lifecycleStage: 'BAKE_TIME',
      bakeTimeInMinutes: 5,
      targetTraffic: 40,
    }
    assert.deepEqual(progressOf(observationWith(), ours, gap, record), {
      gap,
      stage: { name: 'BAKE_TIME', bakeMinutes: 5, trafficPercent: 40 },
      pause: { id: 'p', name: '', expiresAt: 7, serviceDeploymentArn: 'sd/2' },
      hook: { id: 'h', name: 'smoke-test', serviceDeploymentArn: 'sd/2' },
      crashed: 0,
    })
    const { targetTraffic: _, ...untold } = record
    const { stage } = progressOf(observationWith(), ours, gap, untold)
    assert.equal(stage?.trafficPercent, 0)
  })

  test('says why ECS cannot go on', () => {
    const events = [
      { createdAt: new Date(2_000), message: '(service api) failed to launch a task x' },
    ]
    const { stall } = progressOf(observationWith({ service: { events } }), ours, gap, undefined)
    assert.equal(stall, 'failed to launch a task x')
  })
})

const stallAfter = (...events: readonly (readonly [at: number, text: string])[]) =>
  stallOf(
    observationWith({
      service: {
        events: events.map(([at, message]) => ({ createdAt: new Date(at), message })),
      },
    }),
    ours,
  )

describe('a stall', () => {
  test('is what ECS says, without the name of the service at its beginning', () => {
    for (const text of [
      'was unable to place a task because x',
      'is unable to stop or start tasks during a deployment',
      'failed to launch a task with (error y)',
      'is unable to consistently start tasks successfully',
    ]) {
      assert.equal(stallAfter([2_000, `(service api) (x) ${text}`]), `(x) ${text}`)
      assert.equal(stallAfter([2_000, text]), text)
    }
    const later = 'was unable to place a task (service api) x'
    assert.equal(stallAfter([2_000, later]), later)
    assert.equal(stallAfter([2_000, '(service api) is happy.']), undefined)
  })

  test('is over once tasks have started since', () => {
    const stuck = [2_000, 'was unable to place a task'] as const
    assert.equal(stallAfter([3_000, 'has started 12 tasks: (task 1).'], stuck), undefined)
    assert.equal(stallAfter(stuck, [1_500, 'has started 1 tasks: (task 1).']), stuck[1])
    assert.equal(stallAfter([3_000, 'is happy.'], stuck), stuck[1])
  })

  test('counts from the beginning of the deployment', () => {
    assert.equal(stallAfter([999, 'was unable to place a task']), undefined)
    assert.equal(stallAfter([1_000, 'was unable to place a task']), 'was unable to place a task')
    const { service } = observationWith({
      service: {
        deployments: [],
        events: [{ createdAt: new Date(0), message: 'was unable to place a task' }],
      },
    })
    assert.equal(stallOf({ service }, ours), 'was unable to place a task')
  })
})

const isThere = (mine: object, ...others: object[]) => {
  const { service } = observationWith({
    service: { deployments: [deploymentWith(mine), ...others.map((one) => deploymentWith(one))] },
  })
  const [first] = service.deployments
  assert.ok(first)
  return isAllThere(service satisfies ObservedService, first)
}

describe('all is there', () => {
  const other = { id: 'ecs-svc/1', status: 'ACTIVE', runningCount: 0 }

  test('if as many tasks run as desired, and none is pending', () => {
    assert.equal(isThere({}), true)
    assert.equal(isThere({ runningCount: 2 }), true)
    assert.equal(isThere({ runningCount: 0 }), false)
    assert.equal(isThere({ pendingCount: 1 }), false)
  })

  test('and no other deployment is left, but one that failed and has no tasks', () => {
    assert.equal(isThere({}, other), false)
    const failed = { ...other, rolloutState: 'FAILED' }
    assert.equal(isThere({}, failed), true)
    assert.equal(isThere({}, { ...failed, runningCount: 1 }), false)
    assert.equal(isThere({}, { ...failed, pendingCount: 1 }), false)
    assert.equal(isThere({}, { ...failed, runningCount: 1, pendingCount: 1 }), false)
  })
})

test('a deployment is paused while a PAUSE hook waits for a person', () => {
  assert.equal(isPaused(undefined), false)
  assert.equal(isPaused(withHooks()), false)
  assert.equal(isPaused(withHooks(hook, pause)), true)
  assert.equal(isPaused(withHooks({ ...pause, status: 'SUCCEEDED' })), false)
  assert.equal(isPaused(withHooks({ ...pause, type: 'AWS_LAMBDA' })), false)
})

test('the end is far while it is paused, and before its last stage', () => {
  assert.equal(isFarFromItsEnd(undefined), false)
  assert.equal(isFarFromItsEnd(recordWith()), false)
  assert.equal(isFarFromItsEnd(withHooks(pause)), true)
  assert.equal(isFarFromItsEnd(recordWith({ lifecycleStage: 'BAKE_TIME' })), true)
  assert.equal(isFarFromItsEnd(recordWith({ lifecycleStage: 'CLEAN_UP' })), false)
})
