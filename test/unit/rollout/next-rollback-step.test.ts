import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { observedService } from '../../../activities/ecs/observe.ts'
import type { RollbackTarget } from '../../../rollout/deployment.ts'
import { nextRollbackStep, type RollbackGoal } from '../../../rollout/next-rollback-step.ts'
import type { Observation } from '../../../rollout/observation.ts'
import { deployment, revision, service, startedAt } from '../activities/ecs-answers.ts'
import { recordWith } from './observations.ts'
import { digestA, digestB } from '../environment-specs.ts'

const to = {
  taskDefinition: revision(1),
  digests: { api: digestA },
  deploymentId: 'ecs-svc/1',
  hasSucceeded: true,
} as const

const started = {
  service: 'api',
  taskDefinition: revision(2),
  deploymentId: 'ecs-svc/2',
  serviceDeploymentArn: 'arn:2',
}

type Fields = Record<string, unknown>

function observed(primary: Fields, others: readonly Fields[] = [], record?: string): Observation {
  const deployments = [deployment(primary), ...others.map((one) => deployment(one))]
  return {
    observedAt: 0,
    service: observedService(service({ deployments }) as never),
    serviceDeployments:
      record === undefined
        ? 'unavailable'
        : [
            {
              ...recordWith({
                serviceDeploymentArn: 'arn:2',
                status: record,
                createdAt: startedAt,
              }),
              targetTaskDefinition: revision(2),
            },
          ],
    tasks: [],
    targets: [],
  }
}

const step = (observation: Observation, goal: Partial<RollbackGoal> = {}) => {
  const next = nextRollbackStep(observation, {
    mode: 'pin',
    to,
    started,
    stopRefused: false,
    ...goal,
  })
  return next.kind === 'wait for' ? `wait for ${next.deployment.id}` : next.kind
}

const ours = { id: 'ecs-svc/2', taskDefinition: revision(2), rolloutState: 'IN_PROGRESS' }
const rollback = { id: 'ecs-svc/3', rolloutState: 'IN_PROGRESS' }

const running = (...imageDigests: readonly string[]): Observation => ({
  ...observed({ id: 'ecs-svc/4' }),
  tasks: imageDigests.map((imageDigest) => ({
    arn: 'task',
    taskDefinition: revision(1),
    startedBy: 'ecs-svc/4',
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    createdAt: 0,
    stopCode: '',
    stoppedReason: '',
    addresses: [],
    containers: [{ name: 'api', image: '', imageDigest, reason: '' }],
  })),
})

const kindOf = (observation: Observation, target: RollbackTarget = to) =>
  nextRollbackStep(observation, { mode: 'force', to: target, stopRefused: false }).kind

describe('the next step of a rollback', () => {
  test('is to wait if the service was never changed', () => {
    assert.equal(step(observed({})), 'wait for ecs-svc/1')
  })

  test('is to have ECS stop our deployment while it is in flight', () => {
    assert.equal(step(observed(ours, [], 'IN_PROGRESS')), 'stop')
  })

  test('is to have ECS stop our deployment even if its ARN is unknown', () => {
    const { serviceDeploymentArn: _, ...withoutArn } = started
    assert.equal(step(observed(ours, [], 'IN_PROGRESS'), { started: withoutArn }), 'stop')
  })

  test('is to update once ECS has refused to stop it, and if there are no records', () => {
    assert.equal(step(observed(ours, [], 'IN_PROGRESS'), { stopRefused: true }), 'update')
    assert.equal(step(observed(ours)), 'update')
  })

  test('is to update if our deployment has already succeeded', () => {
    assert.equal(step(observed({ ...ours, rolloutState: 'COMPLETED' }, [], 'SUCCESSFUL')), 'update')
  })

  test('is to wait for the rollback that ECS has started', () => {
    assert.equal(step(observed(ours, [], 'ROLLBACK_REQUESTED')), 'wait for ECS')
    assert.equal(
      step(observed(rollback, [{ ...ours, status: 'ACTIVE' }], 'ROLLBACK_IN_PROGRESS')),
      'wait for ecs-svc/3',
    )
  })

  test('is to update if ECS rolled back to another revision than the rollback target', () => {
    const elsewhere = { id: 'ecs-svc/3', taskDefinition: revision(7) }
    assert.equal(step(observed(elsewhere, [], 'ROLLBACK_SUCCESSFUL')), 'update')
  })

  test('is to update if ECS stalled with nothing to roll back to', () => {
    assert.equal(
      step(observed({ ...ours, rolloutState: 'FAILED' }, [], 'ROLLBACK_FAILED')),
      'update',
    )
  })

  test('is to update if a failed deployment was there before the release, whatever it runs', () => {
    const stuck = { rolloutState: 'FAILED', runningCount: 0 }
    const serving = { id: 'ecs-svc/0', status: 'ACTIVE' }
    for (const taskDefinition of [revision(1), revision(5)]) {
      const next = nextRollbackStep(observed({ ...stuck, taskDefinition }, [serving]), {
        mode: 'pin',
        to: { ...to, servedBy: 'ecs-svc/0' },
        stopRefused: false,
      })
      // With the same task definition ECS would start nothing.
      assert.deepEqual(next, { kind: 'update', force: taskDefinition === revision(1) })
    }
  })

  test('is to update again if the deployment that rolled back has failed', () => {
    const next = nextRollbackStep(
      observed({ ...rollback, rolloutState: 'FAILED' }, [], 'STOPPED'),
      {
        mode: 'pin',
        to,
        started,
        stopRefused: false,
      },
    )
    assert.deepEqual(next, { kind: 'update', force: true })
  })

  test('is to leave what somebody else has deployed since', () => {
    const theirs = { id: 'ecs-svc/9', taskDefinition: revision(9), rolloutState: 'IN_PROGRESS' }
    assert.equal(step(observed(theirs, [{ ...ours, status: 'ACTIVE' }], 'STOPPED')), 'leave')
  })

  test('is to roll back an unknown deployment if the release cannot say what it started', () => {
    const { started: _, ...unknown } = { started }
    assert.equal(
      nextRollbackStep(observed(ours), { mode: 'pin', to, stopRefused: false, ...unknown }).kind,
      'update',
    )
  })

  test('starts fresh tasks if only the tag moved and the task definition is the same', () => {
    const same = { id: 'ecs-svc/2', rolloutState: 'IN_PROGRESS' }
    const next = nextRollbackStep(observed(same), {
      mode: 'force',
      to,
      started: { ...started, taskDefinition: revision(1) },
      stopRefused: false,
    })
    assert.deepEqual(next, { kind: 'update', force: true })
  })

  test('recognises a rollback in force mode by the digests of running tasks', () => {
    assert.equal(kindOf(running(digestA)), 'wait for')
    assert.equal(kindOf(running(digestB)), 'update')
  })

  test('recognises a rollback to an index whose manifests run on several platforms', () => {
    const index = 'sha256:index'
    const target = {
      ...to,
      digests: { api: index },
      imageDigests: { api: [index, digestA, digestB] },
    }
    assert.equal(kindOf(running(digestA, digestB), target), 'wait for')
    assert.equal(kindOf(running(digestA, 'sha256:other'), target), 'update')
  })
})
