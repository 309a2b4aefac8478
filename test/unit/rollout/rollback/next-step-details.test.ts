import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RollbackTarget } from '../../../../rollout/deployment.ts'
import { nextRollbackStep, type RollbackGoal } from '../../../../rollout/next-rollback-step.ts'
import type { ObservedServiceDeployment } from '../../../../rollout/observation.ts'
import {
  deploymentWith,
  failedDeployment,
  observationWith,
  oldRevision,
  ours,
  recordWith,
  rolledBackTo,
  taskWith,
} from '../observations.ts'

const started = {
  service: 'api',
  taskDefinition: ours.taskDefinition,
  deploymentId: 'ecs-svc/2',
  serviceDeploymentArn: 'sd/2',
}

const to: RollbackTarget = {
  taskDefinition: oldRevision,
  digests: { api: 'sha256:old' },
  deploymentId: 'ecs-svc/1',
  hasSucceeded: true,
}

interface Given {
  readonly deployments: readonly object[]
  readonly status?: string
  readonly record?: Partial<ObservedServiceDeployment>
  readonly goal?: Partial<RollbackGoal>
}

function step({ deployments, status, record, goal }: Given) {
  const serviceDeployments =
    status === undefined ? ('unavailable' as const) : [{ ...recordWith({ status }), ...record }]
  const observation = observationWith({ service: { deployments }, serviceDeployments })
  return nextRollbackStep(observation, { mode: 'pin', to, started, stopRefused: false, ...goal })
}

const back = deploymentWith({ id: 'ecs-svc/3', taskDefinition: oldRevision })
const theirs = deploymentWith({ id: 'ecs-svc/9', taskDefinition: 'task-definition/other:9' })
const left = {
  kind: 'leave',
  reason: 'deployment ecs-svc/9 of other:9 was started by someone else meanwhile',
}
const update = { kind: 'update', force: false }

describe('the next step of a rollback', () => {
  test('is to update where nothing is PRIMARY', () => {
    assert.deepEqual(step({ deployments: [] }), update)
  })

  test('is to wait for the target, unless it has failed', () => {
    const waits = step({ deployments: [back] })
    assert.equal(waits.kind === 'wait for' && waits.deployment.id, 'ecs-svc/3')
    const failed = deploymentWith({ taskDefinition: oldRevision, rolloutState: 'FAILED' })
    const broken = { ...rolledBackTo, rolloutState: 'FAILED' }
    for (const one of [failed, broken]) {
      assert.deepEqual(step({ deployments: [one] }), { kind: 'update', force: true })
    }
  })

  test('is to start fresh tasks if ours has the task definition of the target', () => {
    const same = deploymentWith({ taskDefinition: oldRevision })
    const goal = { started: { ...started, taskDefinition: oldRevision } }
    assert.deepEqual(step({ deployments: [same], goal }), { kind: 'update', force: true })
  })

  test('names the state in which ECS rolls back', () => {
    for (const status of ['STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS']) {
      assert.deepEqual(step({ deployments: [deploymentWith()], status }), {
        kind: 'wait for ECS',
        reason: `ECS is rolling back (${status})`,
      })
    }
  })

  test('is to have ECS stop ours while it is pending or in progress', () => {
    for (const status of ['PENDING', 'IN_PROGRESS']) {
      assert.deepEqual(step({ deployments: [deploymentWith()], status }), {
        kind: 'stop',
        serviceDeploymentArn: 'sd/2',
      })
    }
  })

  test('leaves another deployment alone, and names it', () => {
    assert.deepEqual(step({ deployments: [theirs] }), left)
    const beside = deploymentWith({ status: 'ACTIVE' })
    assert.deepEqual(step({ deployments: [theirs, beside] }), left)
    assert.deepEqual(step({ deployments: [theirs, beside], status: 'IN_PROGRESS' }), left)
    const others = [theirs, { ...failedDeployment, id: 'ecs-svc/0' }, beside]
    assert.deepEqual(step({ deployments: others }), left)
  })

  test('undoes what ECS did itself after ours had failed', () => {
    assert.deepEqual(step({ deployments: [theirs, failedDeployment] }), update)
    const rolling = { ...theirs, rolloutStateReason: 'rolling back to deploymentId x' }
    assert.deepEqual(step({ deployments: [rolling] }), update)
  })

  test('undoes a deployment from before ours, whatever it runs', () => {
    const before = { ...theirs, id: 'ecs-svc/1' }
    assert.deepEqual(step({ deployments: [before] }), update)
  })

  test('is to leave a deployment that is not what ECS rolled back to', () => {
    const status = 'ROLLBACK_SUCCESSFUL'
    const record = { rollbackTaskDefinition: 'task-definition/other:8' }
    assert.deepEqual(step({ deployments: [theirs], status, record }), left)
    const same = { rollbackTaskDefinition: 'task-definition/other:9' }
    assert.deepEqual(step({ deployments: [theirs], status, record: same }), update)
    assert.deepEqual(step({ deployments: [theirs], status }), update)
  })
})

const next = (mode: 'pin' | 'force', id: string, digests: Record<string, string>) => {
  const names = Object.keys(digests)
  const containers = names.map((name) => ({
    name,
    image: '',
    imageDigest: digests[name] ?? '',
    reason: '',
  }))
  const task = taskWith({ startedBy: id, taskDefinition: oldRevision, containers })
  const observation = observationWith({
    service: { deployments: [deploymentWith({ id, taskDefinition: oldRevision })] },
    tasks: names.length === 0 ? [] : [task],
    serviceDeployments: 'unavailable',
  })
  return nextRollbackStep(observation, { mode, to, stopRefused: false }).kind
}

describe('a release that does not know whether it has started a deployment', () => {
  test('waits for the revision of its target in pin mode, whatever its tasks run', () => {
    assert.equal(next('pin', 'ecs-svc/4', { api: 'sha256:new' }), 'wait for')
  })

  test('waits in force mode if nothing has been deployed, or all digests are the old ones', () => {
    assert.equal(next('force', 'ecs-svc/1', { api: 'sha256:new' }), 'wait for')
    assert.equal(next('force', 'ecs-svc/4', { api: 'sha256:old' }), 'wait for')
    assert.equal(next('force', 'ecs-svc/4', { api: 'sha256:old', sidecar: 'x' }), 'wait for')
    assert.equal(next('force', 'ecs-svc/4', { api: 'sha256:new', sidecar: 'x' }), 'update')
    assert.equal(next('force', 'ecs-svc/4', {}), 'update')
  })
})
