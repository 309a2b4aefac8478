import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Expectation } from '../../../../rollout/expectation.ts'
import type { Observation, ObservedTask } from '../../../../rollout/observation.ts'
import { isOurs, whatIsMissing } from '../../../../rollout/serving.ts'
import {
  balancedObservation,
  deploymentWith,
  observationWith,
  oldRevision,
  oldTask,
  ours,
  targetWith,
  taskWith,
} from '../observations.ts'

const container = (name: string, changes: Partial<ObservedTask['containers'][number]> = {}) => ({
  name,
  image: '',
  imageDigest: '',
  reason: '',
  ...changes,
})

const withContainers = (...containers: ObservedTask['containers']) =>
  observationWith({ tasks: [taskWith({ containers })] })

const missing = (observation: Observation, expected: Expectation = ours) =>
  whatIsMissing(observation, expected)

const isOursIf = (taskDefinition: string, startedBy: string) =>
  isOurs(taskWith({ startedBy, taskDefinition }), ours)

describe('a deployment does not serve', () => {
  test('as far as anyone knows, while ECS leaves out how many tasks there are', () => {
    const observation = observationWith({
      service: { desiredCount: undefined, runningCount: undefined },
    })
    assert.deepEqual(missing(observation), {
      kind: 'unsaid',
      fields: ['desiredCount', 'runningCount'],
    })
  })

  test('while its tasks start or stop', () => {
    const lacks = { kind: 'tasks', running: 0, wanted: 1 }
    for (const task of [
      taskWith({ lastStatus: 'PENDING' }),
      taskWith({ lastStatus: 'DEACTIVATING' }),
      taskWith({ desiredStatus: 'STOPPED' }),
      taskWith({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }),
    ]) {
      assert.deepEqual(missing(observationWith({ tasks: [task] })), lacks)
    }
  })

  test('alone while ECS still starts tasks, even if enough run', () => {
    const service = { pendingCount: 1 }
    assert.deepEqual(missing(observationWith({ service })), {
      kind: 'tasks',
      running: 1,
      wanted: 1,
    })
  })

  test('alone while another deployment has tasks, be they listed, running or pending', () => {
    const other = { id: 'ecs-svc/1', status: 'ACTIVE', taskDefinition: oldRevision }
    for (const [runningCount, pendingCount, count] of [
      [2, 0, 2],
      [0, 3, 3],
      [2, 3, 5],
    ]) {
      const deployments = [
        deploymentWith(),
        deploymentWith({ ...other, runningCount, pendingCount }),
      ]
      assert.deepEqual(missing(observationWith({ service: { deployments } })), {
        kind: 'other tasks',
        count,
      })
    }
    const draining = { ...oldTask, lastStatus: 'DEACTIVATING', desiredStatus: 'STOPPED' }
    const left = observationWith({ tasks: [taskWith(), draining, draining] })
    assert.deepEqual(missing(left), { kind: 'other tasks', count: 2 })
  })

  test('with the digest that is pinned while a task reports another one', () => {
    const observation = withContainers(container('api', { imageDigest: 'sha256:other' }))
    assert.deepEqual(missing(observation), {
      kind: 'digest differs',
      container: 'api',
      found: 'sha256:other',
      wanted: 'sha256:new',
    })
  })

  test('with a digest that anyone knows while tasks, image and ECS do not say it', () => {
    const unknown = { kind: 'digest unknown', container: 'api' }
    assert.deepEqual(missing(withContainers(container('api'))), unknown)
    assert.deepEqual(missing(withContainers(container('api', { image: 'api:latest' }))), unknown)
    assert.deepEqual(missing(withContainers()), { kind: 'digest unknown' })
    assert.deepEqual(missing(withContainers(container('sidecar'))), { kind: 'digest unknown' })
  })

  test('if its targets are unhealthy', () => {
    const observation = balancedObservation({ targets: [targetWith('unhealthy')] })
    assert.notEqual(missing(observation), undefined)
    assert.equal(missing(balancedObservation()), undefined)
  })
})

describe('a deployment serves', () => {
  test('although stopped tasks of older deployments are still listed', () => {
    const old = { ...oldTask, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }
    assert.equal(missing(observationWith({ tasks: [taskWith(), old] })), undefined)
  })

  test('if an image that is pinned, or ECS’s service revision, proves the digest', () => {
    const image = `host/api@sha256:new`
    assert.equal(missing(withContainers(container('api', { image }))), undefined)
    const unsaid = withContainers(container('api'))
    assert.equal(whatIsMissing(unsaid, ours, { api: 'sha256:new' }), undefined)
    assert.deepEqual(whatIsMissing(unsaid, ours, { api: 'sha256:old' }), {
      kind: 'digest differs',
      container: 'api',
      found: 'sha256:old',
      wanted: 'sha256:new',
    })
  })

  test('whatever containers run that are not pinned', () => {
    const api = container('api', { imageDigest: 'sha256:new' })
    const sidecar = container('sidecar', { imageDigest: 'sha256:any' })
    assert.equal(missing(withContainers(sidecar, api)), undefined)
    assert.equal(missing(withContainers(sidecar), { ...ours, digests: {} }), undefined)
  })

  test('without tasks if none are desired, unless it is a daemon that runs some', () => {
    const none = { desiredCount: 0, runningCount: 0 }
    assert.equal(missing(observationWith({ service: none, tasks: [] })), undefined)
    const starting = { desiredCount: 0, runningCount: 0, pendingCount: 1 }
    const daemon = (service: object) =>
      missing(observationWith({ service: { schedulingStrategy: 'DAEMON', ...service }, tasks: [] }))
    assert.deepEqual(daemon(starting), { kind: 'tasks', running: 0, wanted: 0 })
    assert.deepEqual(daemon({ runningCount: 0 }), { kind: 'tasks', running: 0, wanted: 1 })
  })

  test('as a daemon with a task on each instance, behind as many targets', () => {
    const tasks = [taskWith({ arn: 'task/1' }), taskWith({ arn: 'task/2' })]
    const balanced = (schedulingStrategy: string) =>
      missing(balancedObservation({ service: { schedulingStrategy, runningCount: 2 }, tasks }))
    assert.equal(balanced('REPLICA'), undefined)
    assert.notEqual(balanced('DAEMON'), undefined)
  })
})

describe('where tasks cannot be read, ECS’s counts say what serves', () => {
  const unreadable = [{ what: 'tasks', reason: 'AccessDeniedException' }] as const
  const counted = (deployments: readonly object[], runningCount: number, expected = ours) =>
    missing(
      observationWith({
        service: { desiredCount: 2, runningCount, deployments },
        tasks: [],
        unreadable,
      }),
      expected,
    )

  test('as those of the expected deployment', () => {
    assert.equal(counted([deploymentWith({ runningCount: 2 })], 2), undefined)
    assert.deepEqual(counted([deploymentWith({ runningCount: 1 })], 2), {
      kind: 'tasks',
      running: 1,
      wanted: 2,
    })
    const drained = deploymentWith({ id: 'ecs-svc/1', status: 'ACTIVE', runningCount: 0 })
    assert.equal(counted([deploymentWith({ runningCount: 2 }), drained], 2), undefined)
  })

  test('together with those of the deployment that it continues', () => {
    const blue = deploymentWith({ id: 'ecs-svc/1', status: 'ACTIVE', runningCount: 1 })
    const both = [deploymentWith({ runningCount: 1 }), blue]
    assert.equal(counted(both, 2, { ...ours, continues: 'ecs-svc/1' }), undefined)
    assert.deepEqual(counted(both, 2), { kind: 'other tasks', count: 1 })
  })
})

test('a task that does not say who started it belongs to the deployment of its revision', () => {
  assert.equal(isOursIf(ours.taskDefinition, ''), true)
  assert.equal(isOursIf(oldRevision, ''), false)
  assert.equal(isOursIf(oldRevision, 'ecs-svc/2'), true)
  assert.equal(isOursIf(ours.taskDefinition, 'ecs-svc/1'), false)
})
