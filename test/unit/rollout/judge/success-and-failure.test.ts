import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { judge } from '../../../../rollout/judge.ts'
import {
  balancedObservation,
  deploymentWith,
  failedDeployment,
  observationWith,
  ours,
  rolledBackTo,
  targetWith,
  taskWith,
} from '../observations.ts'
import { by, inProgress, reason, recorded, underWay, without } from './verdicts.ts'

describe('a service', () => {
  test('whose status or PRIMARY is not told is judged later', () => {
    assert.deepEqual(underWay(judge(observationWith({ service: { status: '' } }), ours)), [
      { kind: 'unsaid', fields: ['status'] },
      true,
    ])
    const deployments = [deploymentWith({ status: 'ACTIVE' })]
    assert.deepEqual(underWay(judge(observationWith({ service: { deployments } }), ours))[0], {
      kind: 'no primary',
    })
  })

  test('that is not active has failed', () => {
    assert.deepEqual(judge(observationWith({ service: { status: 'DRAINING' } }), ours), {
      kind: 'failed',
      cause: { kind: 'service not active', status: 'DRAINING' },
    })
  })
})

describe('a success', () => {
  test('counts tasks, and healthy targets where there is a load balancer', () => {
    const success = { kind: 'succeeded', basis: 'service deployment', running: 1, wanted: 1 }
    assert.deepEqual(judge(observationWith(), ours), success)
    const targets = ['healthy', 'draining', 'healthy'].map((state) => targetWith(state))
    assert.deepEqual(judge(balancedObservation({ targets }), ours), {
      ...success,
      healthyTargets: 2,
    })
    assert.deepEqual(judge(observationWith(without), ours), { ...success, basis: 'deployments' })
  })

  test('waits for the deployment, though the record is successful already', () => {
    const service = { deployments: [inProgress] }
    assert.deepEqual(underWay(judge(recorded('SUCCESSFUL', { service }), ours)), [
      { kind: 'ECS not done' },
      true,
    ])
  })

  test('waits for tasks, and is near although they are missing', () => {
    assert.deepEqual(underWay(judge(recorded('SUCCESSFUL', { tasks: [] }), ours)), [
      { kind: 'tasks', running: 0, wanted: 1 },
      true,
    ])
  })

  test('by deployments needs ours to be complete and alone', () => {
    const notDone = { kind: 'ECS not done', tasks: { running: 1, wanted: 1 } }
    const started = observationWith({ ...without, service: { deployments: [inProgress] } })
    assert.deepEqual(underWay(judge(started, ours)), [notDone, true])
    const other = { id: 'ecs-svc/1', status: 'ACTIVE', runningCount: 0 }
    const deployments = [deploymentWith(), deploymentWith(other)]
    const beside = observationWith({ ...without, service: { deployments } })
    assert.deepEqual(underWay(judge(beside, ours)), [notDone, true])
    assert.deepEqual(underWay(judge(observationWith({ ...without, tasks: [] }), ours))[0], {
      kind: 'tasks',
      running: 0,
      wanted: 1,
    })
  })
})

const near = (service: object) =>
  underWay(
    judge(recorded('IN_PROGRESS', { service: { deployments: [inProgress], ...service } }), ours),
  )[1]

describe('a rollout under way', () => {
  test('is near its end once all tasks run and none is pending', () => {
    assert.equal(near({}), true)
    assert.equal(near({ runningCount: 2 }), true)
    assert.equal(near({ runningCount: 0 }), false)
    assert.equal(near({ pendingCount: 1 }), false)
    assert.equal(
      underWay(
        judge(recorded('IN_PROGRESS', { record: { lifecycleStage: 'BAKE_TIME' } }), ours),
      )[1],
      false,
    )
  })

  test('names what is missing, with the digests that ECS resolved', () => {
    const containers = [{ name: 'api', image: 'r/api:latest', imageDigest: '', reason: '' }]
    const tasks = [taskWith({ containers })]
    assert.deepEqual(underWay(judge(recorded('PENDING', { tasks }), ours))[0], {
      kind: 'digest unknown',
      container: 'api',
    })
    const record = { targetDigests: { api: 'sha256:new' } }
    for (const status of ['IN_PROGRESS', 'SUCCESSFUL']) {
      const verdict = judge(recorded(status, { tasks, record }), ours)
      if (status === 'SUCCESSFUL') assert.equal(verdict.kind, 'succeeded')
      else assert.deepEqual((underWay(verdict)[0] as { kind: string }).kind, 'ECS not done')
    }
  })
})

describe('a failure', () => {
  test('of ours that stays PRIMARY is final, with the reason of ECS', () => {
    const primary = { ...failedDeployment, status: 'PRIMARY' }
    const failure = {
      kind: 'failed',
      cause: {
        kind: 'deployment failed',
        reason: reason('', 'ECS deployment circuit breaker: tasks failed to start.'),
      },
    }
    const service = { deployments: [primary] }
    assert.deepEqual(judge(observationWith({ ...without, service }), ours), failure)
    assert.deepEqual(judge(recorded('IN_PROGRESS', { service }), ours), failure)
  })

  test('of the rollback is final', () => {
    assert.deepEqual(judge(recorded('ROLLBACK_FAILED'), ours), {
      kind: 'failed',
      cause: { kind: 'rollback failed', reason: reason('ROLLBACK_FAILED', 'because') },
    })
  })

  test('is what a stopped deployment is that nothing replaced', () => {
    assert.deepEqual(judge(recorded('STOPPED'), ours), {
      kind: 'failed',
      cause: { kind: 'stopped', reason: reason('STOPPED', 'because') },
    })
    const service = { deployments: [rolledBackTo] }
    assert.deepEqual(judge(recorded('STOPPED', { service }), ours), {
      kind: 'replaced',
      by,
      stopped: reason('STOPPED', 'because'),
    })
  })
})
