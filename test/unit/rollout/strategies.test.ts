import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { progressText } from '../../../text/rollout.ts'
import { type Verdict } from '../../../rollout/verdict.ts'
import { judge } from '../../../rollout/judge.ts'
import {
  crashedTask,
  deploymentWith,
  observationWith,
  oldRevision,
  ours,
  recordWith,
  targetWith,
  taskWith,
} from './observations.ts'

const summary = (verdict: Verdict) => {
  assert.ok(verdict.kind === 'progressing', verdict.kind)
  return progressText(verdict.progress)
}
const oldTask = taskWith({ arn: 'task/old', startedBy: 'ecs-svc/1', taskDefinition: oldRevision })

describe('a blue/green deployment', () => {
  const blueGreen = {
    loadBalancers: [
      {
        targetGroupArn: 'blue',
        advancedConfiguration: { alternateTargetGroupArn: 'green' },
      },
    ],
    deploymentConfiguration: { strategy: 'BLUE_GREEN' },
  }

  test('succeeds in whichever target group its targets are', () => {
    for (const targetGroupArn of ['blue', 'green']) {
      const targets = [targetWith('healthy', { targetGroupArn })]
      assert.equal(judge(observationWith({ service: blueGreen, targets }), ours).kind, 'succeeded')
    }
  })

  test('has not succeeded while blue still has tasks, even if ECS says so', () => {
    const targets = [
      targetWith('healthy', { targetGroupArn: 'green' }),
      targetWith('healthy', { targetGroupArn: 'blue', id: '10.0.0.9' }),
    ]
    const service = {
      ...blueGreen,
      deployments: [
        deploymentWith(),
        deploymentWith({ id: 'ecs-svc/1', status: 'ACTIVE', taskDefinition: oldRevision }),
      ],
    }
    const verdict = judge(observationWith({ service, targets, tasks: [taskWith(), oldTask] }), ours)
    assert.equal(verdict.kind, 'progressing')
    assert.match(summary(verdict), /another deployment still to stop/)
  })

  test('shows its stage, and is not near its end while it bakes', () => {
    const record = recordWith({
      status: 'IN_PROGRESS',
      lifecycleStage: 'BAKE_TIME',
      deploymentConfiguration: { bakeTimeInMinutes: 10 },
    })
    const verdict = judge(observationWith({ serviceDeployments: [record] }), ours)
    assert.match(summary(verdict), /baking for 10 min/)
    assert.equal(verdict.kind === 'progressing' && verdict.nearEnd, false)
    const shifting = recordWith({ status: 'IN_PROGRESS', lifecycleStage: 'TEST_TRAFFIC_SHIFT' })
    const other = judge(observationWith({ serviceDeployments: [shifting] }), ours)
    assert.match(summary(other), /stage: test traffic shift/)
  })

  test('says that it waits for a person, and how to continue it', () => {
    const record = recordWith({
      status: 'IN_PROGRESS',
      lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
      lifecycleHookDetails: [{ hookId: 'h1', targetType: 'PAUSE', status: 'AWAITING_ACTION' }],
    })
    const verdict = judge(observationWith({ serviceDeployments: [record] }), ours)
    assert.match(summary(verdict), /^ECS waits for a person/)
    assert.match(summary(verdict), /continue-service-deployment .*sd\/2 --hook-id h1/)
  })
})

describe('success', () => {
  test('that ECS declares early waits until all our tasks run and the old ones have drained', () => {
    const few = observationWith({ service: { desiredCount: 2 } })
    assert.match(summary(judge(few, ours)), /1 of 2 tasks running/)
    const draining = { ...oldTask, desiredStatus: 'STOPPED', lastStatus: 'DEACTIVATING' }
    const verdict = judge(observationWith({ tasks: [taskWith(), draining] }), ours)
    assert.match(summary(verdict), /1 task of another deployment still to stop/)
  })

  test('is never concluded from what AWS leaves out', () => {
    const cases = {
      status: { status: undefined },
      desiredCount: { desiredCount: undefined },
      runningCount: { runningCount: undefined },
      pendingCount: { pendingCount: undefined },
      deployments: { deployments: undefined },
    }
    for (const [field, service] of Object.entries(cases)) {
      assert.equal(judge(observationWith({ service }), ours).kind, 'progressing', field)
    }
    const noTasks = observationWith({ tasks: [] })
    assert.equal(judge(noTasks, ours).kind, 'progressing')
    const withoutDigest = taskWith({
      containers: [{ name: 'api', image: '', imageDigest: '', reason: '' }],
    })
    const verdict = judge(observationWith({ tasks: [withoutDigest] }), ours)
    assert.match(summary(verdict), /does not say which digest/)
    const noStatus = observationWith({ serviceDeployments: [recordWith({ status: undefined })] })
    assert.equal(judge(noStatus, ours).kind, 'progressing')
  })

  test('needs a digest that the task, its image or its service revision proves', () => {
    const container = { name: 'api', image: 'ecr/api@sha256:new', imageDigest: '', reason: '' }
    const pinned = observationWith({ tasks: [taskWith({ containers: [container] })] })
    assert.equal(judge(pinned, ours).kind, 'succeeded')
    const withoutDigest = taskWith({ containers: [{ ...container, image: 'ecr/api:latest' }] })
    const record = recordWith({ status: 'SUCCESSFUL' })
    const resolved = [{ ...record, targetDigests: { api: 'sha256:new' } }]
    const proven = observationWith({ tasks: [withoutDigest], serviceDeployments: resolved })
    assert.equal(judge(proven, ours).kind, 'succeeded')
  })

  test('needs healthy targets in every one of several target groups', () => {
    const service = { loadBalancers: [{ targetGroupArn: 'blue' }, { targetGroupArn: 'admin' }] }
    const one = [targetWith('healthy')]
    assert.match(
      summary(judge(observationWith({ service, targets: one }), ours)),
      /0 of 1 targets healthy/,
    )
    const both = [...one, targetWith('healthy', { targetGroupArn: 'admin' })]
    assert.equal(judge(observationWith({ service, targets: both }), ours).kind, 'succeeded')
  })

  test('does not depend on targets of another service in the same group', () => {
    const service = { loadBalancers: [{ targetGroupArn: 'blue' }] }
    const tasks = [taskWith({ addresses: ['10.0.0.1'] })]
    const theirs = targetWith('unhealthy', { id: '10.9.9.9' })
    const shared = observationWith({ service, tasks, targets: [targetWith('healthy'), theirs] })
    assert.equal(judge(shared, ours).kind, 'succeeded')
    assert.equal(
      judge(observationWith({ service, tasks, targets: [theirs] }), ours).kind,
      'progressing',
    )
  })

  test('of a daemon needs a task on each instance', () => {
    const service = { schedulingStrategy: 'DAEMON', desiredCount: 2 }
    assert.equal(judge(observationWith({ service }), ours).kind, 'progressing')
    const both = { ...service, runningCount: 2 }
    const tasks = [taskWith(), taskWith({ arn: 'task/2' })]
    assert.equal(judge(observationWith({ service: both, tasks }), ours).kind, 'succeeded')
  })
})

describe('a rollout that makes no progress', () => {
  const underWay = [recordWith({ status: 'IN_PROGRESS' })]

  test('says that it is out of capacity until it continues', () => {
    const stall = {
      createdAt: new Date(3_000),
      message: '(service api) was unable to place a task. Reason: No Container Instances.',
    }
    const started = {
      createdAt: new Date(4_000),
      message: '(service api) has started 1 tasks: (task 1).',
    }
    const stuck = observationWith({ serviceDeployments: underWay, service: { events: [stall] } })
    assert.match(summary(judge(stuck, ours)), /unable to place a task\. Reason: No Container/)
    const service = { events: [started, stall] }
    const continued = observationWith({ serviceDeployments: underWay, service })
    assert.doesNotMatch(summary(judge(continued, ours)), /unable to place/)
  })

  test('counts its crashed tasks', () => {
    const tasks = [taskWith(), crashedTask({ arn: 'a' }), crashedTask({ arn: 'b' })]
    const verdict = judge(observationWith({ serviceDeployments: underWay, tasks }), ours)
    assert.match(summary(verdict), /2 tasks have crashed so far/)
  })
})

const theirs = (changes: object = {}) => ({
  ...recordWith({ serviceDeploymentArn: 'sd/9', createdAt: new Date(9_000), ...changes }),
  targetTaskDefinition: oldRevision,
})

describe('another person', () => {
  const service = {
    deployments: [
      deploymentWith({ id: 'ecs-svc/9', taskDefinition: oldRevision, createdAt: new Date(9_000) }),
    ],
  }
  const tasks = [{ ...oldTask, startedBy: 'ecs-svc/9' }]

  test('who deploys what ran before has replaced ours, and not rolled it back', () => {
    for (const status of ['IN_PROGRESS', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOPPED']) {
      const serviceDeployments = [theirs({ status: 'SUCCESSFUL' }), recordWith({ status })]
      const observation = observationWith({ service, tasks, serviceDeployments })
      assert.equal(judge(observation, ours).kind, 'replaced', status)
    }
  })

  test('who scales has changed nothing of the verdict', () => {
    const scaled = { desiredCount: 2, runningCount: 2 }
    const two = [taskWith(), taskWith({ arn: 'task/2' })]
    assert.equal(judge(observationWith({ service: scaled, tasks: two }), ours).kind, 'succeeded')
  })
})
