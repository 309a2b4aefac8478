import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  crashedSinceSuccess,
  crashedTasks,
  longestCrashedLife,
} from '../../../../rollout/crashes.ts'
import type { ObservedTask } from '../../../../rollout/observation.ts'
import { crashedTask, observationWith, ours, recordWith, taskWith } from '../observations.ts'

const arns = (tasks: readonly ObservedTask[]) => tasks.map(({ arn }) => arn)

/** Whether a task of ours that stopped so has crashed. */
const isCrash = (stopCode: string, stoppedReason: string) =>
  crashedTasks({ tasks: [taskWith({ stopCode, stoppedReason })] }, ours).length === 1

describe('a task has crashed', () => {
  test('if ECS gives that as the code of its end', () => {
    assert.ok(isCrash('EssentialContainerExited', ''))
    assert.ok(isCrash('TaskFailedToStart', ''))
  })

  test('if the reason says so, where an endpoint gives no code', () => {
    for (const reason of [
      'Task failed ELB health checks in (target-group tg)',
      'Task failed container health checks',
      'Essential container in task exited',
      'CannotPullContainerError: x',
      'CannotStartContainerError: x',
      'CannotCreateVolumeError: x',
      'ResourceInitializationError: x',
    ]) {
      assert.ok(isCrash('', reason), reason)
    }
  })

  test('not if ECS or a person stopped it', () => {
    const reasons = ['', 'Scaling activity initiated by (deployment ecs-svc/1)', 'health checks']
    for (const reason of [...reasons, 'not an Essential container']) {
      assert.ok(!isCrash('ServiceSchedulerInitiated', reason), reason)
    }
  })

  test('of ours alone, the newest first', () => {
    const tasks = [
      crashedTask({ arn: 'unknown' }),
      crashedTask({ arn: 'old', stoppedAt: 1 }),
      crashedTask({ arn: 'theirs', startedBy: 'ecs-svc/1', stoppedAt: 5 }),
      crashedTask({ arn: 'new', stoppedAt: 3 }),
      taskWith({ arn: 'runs' }),
    ]
    assert.deepEqual(arns(crashedTasks({ tasks }, ours)), ['new', 'old', 'unknown'])
  })
})

describe('tasks that crashed since ECS called the rollout a success', () => {
  const tasks = [
    crashedTask({ arn: 'before', startedAt: 1_000, stoppedAt: 2_000 }),
    crashedTask({ arn: 'at', startedAt: 1_000, stoppedAt: 3_000 }),
    crashedTask({ arn: 'after', startedAt: 1_000, stoppedAt: 3_001 }),
    crashedTask({ arn: 'never ran', stoppedAt: 4_000 }),
    crashedTask({ arn: 'untold', startedAt: 1_000 }),
  ]
  const record = {
    ...recordWith({ status: 'SUCCESSFUL', finishedAt: new Date(3_000) }),
    endsDrained: true,
  } as const
  const since = (change: Partial<typeof record>) => {
    const serviceDeployments = [{ ...record, ...change }]
    return arns(crashedSinceSuccess(observationWith({ tasks, serviceDeployments }), ours))
  }

  test('are those that ran, and ended later', () => {
    assert.deepEqual(since({}), ['after'])
  })

  test('are unknown without a success, the time of it, or a drained end', () => {
    assert.deepEqual(since({ status: 'IN_PROGRESS' }), [])
    const { finishedAt: _, ...unfinished } = record
    const { endsDrained: __, ...early } = record
    for (const one of [[unfinished], [early], 'unavailable'] as const) {
      const observation = observationWith({ tasks, serviceDeployments: one })
      assert.deepEqual(crashedSinceSuccess(observation, ours), [])
    }
  })
})

test('the longest life of a crashed task is that of one which ran', () => {
  assert.equal(longestCrashedLife({ tasks: [taskWith()] }, ours), 0)
  const tasks = [
    crashedTask({ startedAt: 1_000, stoppedAt: 1_500 }),
    crashedTask({ startedAt: 1_000, stoppedAt: 4_000 }),
    crashedTask({ stoppedAt: 99_000 }),
    crashedTask({ startedAt: 5 }),
  ]
  assert.equal(longestCrashedLife({ tasks }, ours), 3_000)
})
