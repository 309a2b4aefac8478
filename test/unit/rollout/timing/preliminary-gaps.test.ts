import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ObservedServiceDeployment, ObservedTask } from '../../../../rollout/observation.ts'
import {
  failureSigns,
  preliminaryVerdict,
  type PreliminaryVerdict,
} from '../../../../rollout/preliminary-verdict.ts'
import { crashedTask, deploymentWith, observationWith, ours, recordWith } from '../observations.ts'

const success = { kind: 'inconclusive', expect: 'success' }
const failure = { kind: 'inconclusive', expect: 'failure' }
const inProgress = { rolloutState: 'IN_PROGRESS' }

interface Given {
  readonly mine?: object
  readonly others?: readonly object[]
  readonly service?: object
  readonly status?: string
  readonly record?: Partial<ObservedServiceDeployment>
  readonly tasks?: readonly ObservedTask[]
}

/** Without a status there is no record. */
function verdict({ mine = inProgress, others = [], status, ...given }: Given = {}) {
  const deployments = [deploymentWith(mine), ...others.map((one) => deploymentWith(one))]
  const { service } = observationWith({ service: { deployments, ...given.service } })
  const record =
    status === undefined
      ? undefined
      : { ...recordWith({ status, statusReason: 'because' }), ...given.record }
  return preliminaryVerdict({ service, record, tasks: given.tasks ?? [] }, ours)
}

function underWay(preliminary: PreliminaryVerdict) {
  assert.ok(preliminary.kind === 'progressing', preliminary.kind)
  return [preliminary.progress.gap, preliminary.nearEnd]
}

const notDone = (running: number, wanted: number) => ({
  kind: 'ECS not done',
  tasks: { running, wanted },
})

describe('a snapshot is not enough', () => {
  test('for a service that is not active, or headed for something else', () => {
    assert.deepEqual(verdict({ service: { status: 'DRAINING' } }), failure)
    assert.deepEqual(verdict({ service: { deployments: [] } }), failure)
    for (const status of [undefined, 'PENDING', 'IN_PROGRESS']) {
      const which = status === undefined ? {} : { status }
      assert.deepEqual(verdict({ ...which, mine: { ...inProgress, id: 'ecs-svc/9' } }), failure)
      assert.deepEqual(verdict({ ...which, mine: { rolloutState: 'FAILED' } }), failure)
    }
  })

  test('once the deployment or its record has ended', () => {
    assert.deepEqual(verdict({ mine: {} }), success)
    assert.deepEqual(verdict({ status: 'SUCCESSFUL' }), success)
    for (const status of ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOPPED', 'x']) {
      assert.deepEqual(verdict({ status }), failure)
    }
  })
})

const counted = (requested: number, running: number, pending: number) =>
  underWay(
    verdict({
      status: 'IN_PROGRESS',
      record: { targetTasks: { requested, running, pending } },
    }),
  )

const because = (status: string) => ({ said: 'because', status, alarms: [] })

describe('a snapshot of a rollout under way', () => {
  test('gives the counts of the deployment, with or without a record', () => {
    for (const which of [{}, { status: 'PENDING' }, { status: 'IN_PROGRESS' }]) {
      assert.deepEqual(underWay(verdict(which)), [notDone(1, 1), true])
      const mine = { ...inProgress, desiredCount: 3 }
      assert.deepEqual(underWay(verdict({ ...which, mine })), [
        { kind: 'tasks', running: 1, wanted: 3 },
        false,
      ])
      const pending = { ...inProgress, pendingCount: 1 }
      assert.deepEqual(underWay(verdict({ ...which, mine: pending })), [notDone(1, 1), false])
    }
  })

  test('gives the counts of the record first', () => {
    assert.deepEqual(counted(2, 1, 0), [{ kind: 'tasks', running: 1, wanted: 2 }, false])
    assert.deepEqual(counted(2, 2, 0), [notDone(2, 2), true])
    assert.deepEqual(counted(2, 2, 1), [notDone(2, 2), false])
  })

  test('counts tasks of other deployments', () => {
    const others = [
      { id: 'ecs-svc/0', status: 'ACTIVE', runningCount: 2 },
      { id: 'ecs-svc/1', status: 'ACTIVE', runningCount: 3 },
    ]
    assert.deepEqual(underWay(verdict({ others })), [{ kind: 'other tasks', count: 5 }, false])
  })

  test('counts crashed tasks, and is not near its end before the last stage', () => {
    const tasks = [crashedTask()]
    const record = { lifecycleStage: 'BAKE_TIME' }
    const preliminary = verdict({ status: 'IN_PROGRESS', record, tasks })
    assert.deepEqual(underWay(preliminary), [notDone(1, 1), false])
    assert.equal(preliminary.kind === 'progressing' && preliminary.progress.crashed, 1)
  })

  test('says what ECS is doing otherwise, and why', () => {
    assert.deepEqual(underWay(verdict({ status: 'STOP_REQUESTED' })), [
      { kind: 'ECS is stopping', reason: because('STOP_REQUESTED') },
      true,
    ])
    for (const status of ['ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS']) {
      const gap = { kind: 'ECS is rolling back', reason: because(status) }
      assert.deepEqual(underWay(verdict({ status })), [gap, false])
      const mine = { ...inProgress, id: 'ecs-svc/9' }
      assert.deepEqual(underWay(verdict({ status, mine })), [gap, true])
      assert.deepEqual(underWay(verdict({ status, service: { deployments: [] } })), [gap, false])
    }
  })
})

const mayFail = (failedTasks: number, desiredCount: number, more: Given = {}, enable = true) =>
  underWay(
    verdict({
      mine: { ...inProgress, runningCount: 0, failedTasks, desiredCount },
      service: {
        deploymentConfiguration: { deploymentCircuitBreaker: { enable, rollback: false } },
      },
      ...more,
    }),
  )[1]

const mayFailAt = (failed: number, threshold: number) =>
  mayFail(9, 1, { status: 'IN_PROGRESS', record: { breaker: { failed, threshold } } })

describe('one more failed task may end it', () => {
  test('at three failures, or half of the tasks, and never beyond two hundred', () => {
    assert.deepEqual(
      [1, 2, 3].map((count) => mayFail(count, 1)),
      [false, true, true],
    )
    assert.deepEqual(
      [3, 4].map((count) => mayFail(count, 9)),
      [false, true],
    )
    assert.deepEqual(
      [198, 199].map((count) => mayFail(count, 1_000)),
      [false, true],
    )
  })

  test('at the threshold of the record, if it has one', () => {
    assert.equal(mayFailAt(4, 6), false)
    assert.equal(mayFailAt(5, 6), true)
    assert.equal(mayFailAt(0, 0), false)
    assert.equal(mayFailAt(0, 1), true)
  })

  test('not without a circuit breaker', () => {
    assert.equal(mayFail(9, 1, {}, false), false)
  })
})

const signs = (failedTasks: number, ...messages: string[]) =>
  failureSigns(
    observationWith({
      service: {
        deployments: [
          deploymentWith({ id: 'ecs-svc/1', failedTasks: 9 }),
          deploymentWith({ failedTasks }),
        ],
        events: messages.map((message, at) => ({ createdAt: new Date(at + 1), message })),
      },
    }).service,
    ours,
  )

test('signs of failure count failed tasks, and date the last complaint', () => {
  assert.equal(signs(2, 'is happy'), '2 failed, complaint at 0')
  for (const complaint of ['unable to place', 'is unhealthy in', 'failed x', 'rolling back to']) {
    assert.equal(signs(0, 'is happy', complaint), '0 failed, complaint at 2')
  }
  assert.equal(
    failureSigns(observationWith({ service: { deployments: [] } }).service, ours),
    '0 failed, complaint at 0',
  )
})
