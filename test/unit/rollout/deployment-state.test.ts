import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  hasFailed,
  isCompleted,
  isSpent,
  servingDeployment,
} from '../../../rollout/deployment-state.ts'
import { primaryOf, type ObservedDeployment } from '../../../rollout/observation.ts'
import { deploymentWith, observationWith, recordWith } from './observations.ts'

const observed = (deployments: readonly object[], status?: string) =>
  observationWith({
    service: { deployments },
    serviceDeployments: status === undefined ? 'unavailable' : [recordWith({ status })],
  })

function primary(changes: object): ObservedDeployment {
  const found = primaryOf(observed([deploymentWith(changes)]))
  assert.ok(found !== undefined)
  return found
}

const failed = (changes: object = {}) => deploymentWith({ rolloutState: 'FAILED', ...changes })
const older = (id: string, seconds: number, changes: object = {}) =>
  deploymentWith({ id, status: 'ACTIVE', createdAt: new Date(seconds * 1_000), ...changes })

const serving = (...deployments: readonly object[]) => servingDeployment(observed(deployments))?.id

const completed = (rolloutState?: string) => isCompleted(primary({ rolloutState }))

const spent = (changes: object) =>
  isSpent(primary({ rolloutState: 'FAILED', runningCount: 0, ...changes }))

const ended = (status: string | undefined, rolloutState = 'IN_PROGRESS') => {
  const observation = observed([deploymentWith({ rolloutState })], status)
  return hasFailed(observation, primary({ rolloutState }))
}

describe('a deployment', () => {
  test('is complete if ECS says so, or has no rollout states', () => {
    assert.equal(completed('COMPLETED'), true)
    assert.equal(completed(), true)
    assert.equal(completed('IN_PROGRESS'), false)
    assert.equal(completed('FAILED'), false)
  })

  test('is spent once it has failed and has no task left', () => {
    assert.equal(spent({}), true)
    assert.equal(spent({ runningCount: 1 }), false)
    assert.equal(spent({ pendingCount: 1 }), false)
    assert.equal(spent({ rolloutState: 'COMPLETED' }), false)
  })

  test('in progress has failed if its record was stopped, or could not be rolled back', () => {
    assert.equal(ended('STOPPED'), true)
    assert.equal(ended('ROLLBACK_FAILED'), true)
    assert.equal(ended('ROLLBACK_IN_PROGRESS'), false)
    assert.equal(ended(undefined), false)
    assert.equal(ended('STOPPED', 'COMPLETED'), false)
    assert.equal(ended('SUCCESSFUL', 'FAILED'), true)
  })
})

describe('the deployment that serves', () => {
  test('is PRIMARY unless that has failed', () => {
    assert.equal(serving(deploymentWith(), older('ecs-svc/1', 0)), 'ecs-svc/2')
    const starts = deploymentWith({ rolloutState: 'IN_PROGRESS', runningCount: 0 })
    assert.equal(serving(starts, older('ecs-svc/1', 0)), 'ecs-svc/2')
  })

  test('else is the newest one that is complete and has tasks, in whatever order ECS lists them', () => {
    const others = [older('ecs-svc/0', 0), older('ecs-svc/1', 0.5), older('ecs-svc/-1', -1)]
    assert.equal(serving(failed(), ...others), 'ecs-svc/1')
    assert.equal(serving(failed(), ...others.toReversed()), 'ecs-svc/1')
    const empty = older('ecs-svc/9', 0.9, { runningCount: 0 })
    const broken = older('ecs-svc/8', 0.8, { rolloutState: 'FAILED' })
    assert.equal(serving(failed(), empty, broken, ...others), 'ecs-svc/1')
  })

  test('is PRIMARY although it has failed, if nothing else is complete and has tasks', () => {
    const empty = older('ecs-svc/1', 0, { runningCount: 0 })
    assert.equal(serving(failed(), empty), 'ecs-svc/2')
    assert.equal(serving(failed()), 'ecs-svc/2')
  })

  test('is none if ECS lists no PRIMARY', () => {
    assert.equal(serving(), undefined)
    assert.equal(serving(older('ecs-svc/1', 0)), undefined)
  })

  test('is another one if the record of PRIMARY says that it was stopped', () => {
    const stopped = deploymentWith({ rolloutState: 'IN_PROGRESS' })
    const observation = observed([stopped, older('ecs-svc/1', 0)], 'STOPPED')
    assert.equal(servingDeployment(observation)?.id, 'ecs-svc/1')
  })
})
