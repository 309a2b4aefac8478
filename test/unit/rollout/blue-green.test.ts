import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { progressText } from '../../../text/rollout.ts'
import { judge } from '../../../rollout/judge.ts'
import { type Expectation } from '../../../rollout/expectation.ts'
import { stopCauseOf } from '../../../rollout/stop-cause.ts'
import { toldStopCause } from '../../../text/cause/cause.ts'
import {
  deploymentWith,
  observationWith,
  oldRevision,
  ours,
  recordWith,
  targetWith,
  taskWith,
} from './observations.ts'

const progressing = (record: object) => {
  const serviceDeployments = [recordWith({ status: 'IN_PROGRESS', ...record })]
  const verdict = judge(observationWith({ serviceDeployments }), ours)
  assert.equal(verdict.kind, 'progressing')
  return verdict
}

const shifting = (requestedProductionTrafficWeight: number) =>
  progressText(
    progressing({
      lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
      targetServiceRevision: { requestedProductionTrafficWeight },
    }).progress,
  )

describe('the progress of a deployment in stages', () => {
  test('gives its share of the traffic if it has only a part', () => {
    assert.match(shifting(2.5), /production traffic shift \(2\.5 % of production traffic\)/)
    assert.doesNotMatch(shifting(100), /%/)
  })

  test('names the hook that runs', () => {
    const targetArn = 'arn:aws:lambda:eu-west-1:1:function:smoke-test'
    const hook = { hookId: 'h', targetType: 'AWS_LAMBDA', targetArn, status: 'IN_PROGRESS' }
    const { progress } = progressing({
      lifecycleStage: 'POST_SCALE_UP',
      lifecycleHookDetails: [hook],
    })
    assert.match(progressText(progress), /a lifecycle hook runs \(smoke-test\)/)
  })

  test('is near its end in the last stage, and in no other', () => {
    for (const lifecycleStage of ['SCALE_UP', 'PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME']) {
      assert.equal(progressing({ lifecycleStage }).nearEnd, false, lifecycleStage)
    }
    assert.equal(progressing({ lifecycleStage: 'CLEAN_UP' }).nearEnd, true)
  })
})

const causeOf = (hook: object) =>
  toldStopCause(
    stopCauseOf(
      [
        observationWith({
          serviceDeployments: [
            recordWith({ status: 'ROLLBACK_SUCCESSFUL', lifecycleHookDetails: [hook] }),
          ],
        }),
      ],
      ours,
    ),
  ).cause

describe('the cause', () => {
  test('is the hook that failed or had no result in time', () => {
    const lambda = {
      hookId: 'h',
      targetType: 'AWS_LAMBDA',
      targetArn: 'arn:aws:lambda:eu-west-1:1:function:smoke-test:7',
    }
    assert.equal(causeOf({ ...lambda, status: 'FAILED' }), 'Lifecycle hook smoke-test:7 failed.')
    const late = { ...lambda, status: 'TIMED_OUT', timeoutAction: 'ROLLBACK' }
    assert.match(causeOf(late), /smoke-test:7 had no result in time/)
    assert.equal(causeOf({ ...late, timeoutAction: 'CONTINUE' }), '')
    assert.equal(causeOf({ ...lambda, status: 'SUCCEEDED' }), '')
  })

  test('is the person who rejected it or did not answer', () => {
    const pause = { hookId: 'h', targetType: 'PAUSE' }
    assert.match(causeOf({ ...pause, status: 'FAILED' }), /^A person rejected the deployment/)
    assert.match(causeOf({ ...pause, status: 'TIMED_OUT' }), /nobody answered in time/)
  })
})

const before = { taskDefinition: oldRevision, digests: { api: 'sha256:old' } }
const expected: Expectation = { ...ours, before: { ...before, deploymentId: 'ecs-svc/1' } }

const containers = [{ name: 'api', image: '', imageDigest: 'sha256:old', reason: '' }]
const blueTask = taskWith({ startedBy: 'ecs-svc/1', taskDefinition: oldRevision, containers })

/** Blue serves again. `id` is the id that ECS gives to its deployment then. */
function rolledBack(id: string, { strategy = 'BLUE_GREEN', rolloutState = 'COMPLETED' } = {}) {
  const record = recordWith({
    status: 'ROLLBACK_SUCCESSFUL',
    statusReason: 'an alarm triggered',
  })
  const first = recordWith({
    serviceDeploymentArn: 'sd/1',
    status: 'SUCCESSFUL',
    createdAt: new Date(500),
  })
  return {
    service: {
      deploymentConfiguration: { strategy },
      loadBalancers: [
        { targetGroupArn: 'blue', advancedConfiguration: { alternateTargetGroupArn: 'green' } },
      ],
      deployments: [
        deploymentWith({
          id,
          taskDefinition: oldRevision,
          rolloutState,
          createdAt: new Date(500),
          rolloutStateReason: 'rolling back to deploymentId ecs-svc/1.',
        }),
      ],
    },
    tasks: [blueTask],
    targets: [targetWith('healthy')],
    serviceDeployments: [
      { ...record, rollbackTaskDefinition: oldRevision },
      { ...first, targetTaskDefinition: oldRevision },
    ],
  }
}

describe('a blue/green rollback', () => {
  test('is over once only blue is left, whatever id ECS gives to its deployment', () => {
    for (const id of ['ecs-svc/1', 'ecs-svc/3']) {
      assert.equal(judge(observationWith(rolledBack(id)), expected).kind, 'rolled_back', id)
    }
  })

  test('is not over while green has a task', () => {
    const { tasks, ...rest } = rolledBack('ecs-svc/1')
    const observation = observationWith({ ...rest, tasks: [...tasks, taskWith()] })
    assert.equal(judge(observation, expected).kind, 'progressing')
  })

  test('keeps tasks of an earlier deployment, which a rolling one does not', () => {
    const observation = observationWith(rolledBack('ecs-svc/3', { strategy: 'ROLLING' }))
    assert.equal(judge(observation, expected).kind, 'progressing')
  })

  test('is not taken for another deployment, though blue has a record of its own', () => {
    const { serviceDeployments, ...rest } = rolledBack('ecs-svc/1')
    const [, first] = serviceDeployments
    const { serviceDeploymentArn: _, ...unknown } = expected
    const observation = observationWith({ ...rest, ...(first && { serviceDeployments: [first] }) })
    assert.equal(judge(observation, unknown).kind, 'rolled_back')
  })

  test('does not let blue succeed before ECS says that it is over', () => {
    const blue: Expectation = { ...before, deploymentId: 'ecs-svc/1' }
    const underWay = observationWith(rolledBack('ecs-svc/1', { rolloutState: 'IN_PROGRESS' }))
    assert.equal(judge(underWay, blue).kind, 'progressing')
    assert.equal(judge(observationWith(rolledBack('ecs-svc/1')), blue).kind, 'succeeded')
  })
})
