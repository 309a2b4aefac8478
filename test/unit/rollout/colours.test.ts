import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { progressText } from '../../../text/rollout.ts'
import { judge } from '../../../rollout/verdict.ts'
import { type Expectation } from '../../../rollout/expectation.ts'
import { stopCauseOf } from '../../../rollout/stop-cause.ts'
import {
  deploymentWith,
  observationWith,
  oldRevision,
  ours,
  recordWith,
  targetWith,
  taskWith,
} from './observations.ts'

const said = (record: object) => {
  const serviceDeployments = [recordWith({ status: 'IN_PROGRESS', ...record })]
  const verdict = judge(observationWith({ serviceDeployments }), ours)
  assert.equal(verdict.kind, 'progressing')
  return verdict
}

const shifting = (requestedProductionTrafficWeight: number) =>
  progressText(
    said({
      lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
      targetServiceRevision: { requestedProductionTrafficWeight },
    }).progress,
  )

describe('what a deployment in stages says of itself', () => {
  test('is how much of the traffic it has, while that is a part', () => {
    assert.match(shifting(2.5), /production traffic shift \(2\.5 % of production traffic\)/)
    assert.doesNotMatch(shifting(100), /%/)
  })

  test('is which hook runs', () => {
    const targetArn = 'arn:aws:lambda:eu-west-1:1:function:smoke-test'
    const hook = { hookId: 'h', targetType: 'AWS_LAMBDA', targetArn, status: 'IN_PROGRESS' }
    const { progress } = said({ lifecycleStage: 'POST_SCALE_UP', lifecycleHookDetails: [hook] })
    assert.match(progressText(progress), /a lifecycle hook runs \(smoke-test\)/)
  })

  test('is that its end is near in the last stage, and in no other', () => {
    for (const lifecycleStage of ['SCALE_UP', 'PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME']) {
      assert.equal(said({ lifecycleStage }).nearEnd, false, lifecycleStage)
    }
    assert.equal(said({ lifecycleStage: 'CLEAN_UP' }).nearEnd, true)
  })
})

const causeOf = (hook: object) =>
  stopCauseOf(
    [
      observationWith({
        serviceDeployments: [
          recordWith({ status: 'ROLLBACK_SUCCESSFUL', lifecycleHookDetails: [hook] }),
        ],
      }),
    ],
    ours,
  ).cause

describe('the cause', () => {
  test('is the hook that failed, or that had no result', () => {
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

  test('is the person who was asked', () => {
    const pause = { hookId: 'h', targetType: 'PAUSE' }
    assert.match(causeOf({ ...pause, status: 'FAILED' }), /^A person rejected the deployment/)
    assert.match(causeOf({ ...pause, status: 'TIMED_OUT' }), /nobody answered in time/)
  })
})

const before = { taskDefinition: oldRevision, digests: { api: 'sha256:old' } }
const expected: Expectation = { ...ours, before: { ...before, deploymentId: 'ecs-svc/1' } }

const containers = [{ name: 'api', image: '', imageDigest: 'sha256:old', reason: '' }]
const blueTask = taskWith({ startedBy: 'ecs-svc/1', taskDefinition: oldRevision, containers })

/** Blue serves again. `id` is what ECS calls its deployment then. */
function wentBack(id: string, { strategy = 'BLUE_GREEN', rolloutState = 'COMPLETED' } = {}) {
  const rolledBack = recordWith({
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
      { ...rolledBack, rollbackTaskDefinition: oldRevision },
      { ...first, targetTaskDefinition: oldRevision },
    ],
  }
}

describe('a rollback in two colours', () => {
  test('is over once blue is all that is left, whatever ECS calls its deployment then', () => {
    for (const id of ['ecs-svc/1', 'ecs-svc/3']) {
      assert.equal(judge(observationWith(wentBack(id)), expected).kind, 'rolled_back', id)
    }
  })

  test('is not over while green has a task', () => {
    const { tasks, ...rest } = wentBack('ecs-svc/1')
    const seen = observationWith({ ...rest, tasks: [...tasks, taskWith()] })
    assert.equal(judge(seen, expected).kind, 'progressing')
  })

  test('lends nothing to a rolling deployment, whose tasks are its own', () => {
    const seen = observationWith(wentBack('ecs-svc/3', { strategy: 'ROLLING' }))
    assert.equal(judge(seen, expected).kind, 'progressing')
  })

  test('is none of somebody else’s, though blue has a record of its own', () => {
    const { serviceDeployments, ...rest } = wentBack('ecs-svc/1')
    const [, first] = serviceDeployments
    const { serviceDeploymentArn: _, ...unknown } = expected
    const seen = observationWith({ ...rest, ...(first && { serviceDeployments: [first] }) })
    assert.equal(judge(seen, unknown).kind, 'rolled_back')
  })

  test('is no success of blue’s before ECS says that it is over', () => {
    const back: Expectation = { ...before, deploymentId: 'ecs-svc/1' }
    const going = observationWith(wentBack('ecs-svc/1', { rolloutState: 'IN_PROGRESS' }))
    assert.equal(judge(going, back).kind, 'progressing')
    assert.equal(judge(observationWith(wentBack('ecs-svc/1')), back).kind, 'succeeded')
  })
})
