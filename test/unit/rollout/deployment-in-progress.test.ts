import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deploymentInProgress } from '../../../rollout/deployment-in-progress.ts'
import { deploymentWith, observationWith, oldRevision, recordWith } from './observations.ts'

/** The deployment that failed; ECS leaves it PRIMARY if it rolls nothing back. */
const failed = (changes: object = {}) =>
  deploymentWith({ rolloutState: 'FAILED', runningCount: 0, ...changes })

/** The deployment before it. */
const old = (changes: object = {}) =>
  deploymentWith({ id: 'ecs-svc/1', status: 'ACTIVE', taskDefinition: oldRevision, ...changes })

/** The id of the deployment in progress, or the status of its record. */
function inProgress(deployments: readonly object[], status?: string): string {
  const records = status === undefined ? 'unavailable' : [recordWith({ status })]
  const found = deploymentInProgress(
    observationWith({ service: { deployments }, serviceDeployments: records }),
  )
  if (found === undefined) return 'none'
  return found.record?.status ?? found.deployment?.id ?? ''
}

describe('a deployment in progress', () => {
  test('is not one that failed and that ECS left in its place', () => {
    for (const status of ['STOPPED', 'ROLLBACK_FAILED', undefined]) {
      assert.equal(inProgress([failed(), old()], status), 'none')
      assert.equal(inProgress([failed()], status), 'none')
    }
  })

  test('is not one that failed, even if ECS left some of its tasks', () => {
    assert.equal(inProgress([failed({ runningCount: 1 }), old()], 'STOPPED'), 'none')
    assert.equal(inProgress([failed({ pendingCount: 1 }), old()], 'STOPPED'), 'none')
  })

  test('is not one whose record says that it was stopped, whatever its rollout state', () => {
    assert.equal(inProgress([deploymentWith({ rolloutState: 'IN_PROGRESS' })], 'STOPPED'), 'none')
  })

  test('is one that ECS has yet to stop or to roll back, although it has failed', () => {
    for (const status of ['STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS']) {
      assert.equal(inProgress([failed(), old()], status), status)
    }
  })

  test('is one that bakes, although it is complete', () => {
    assert.equal(inProgress([deploymentWith()], 'IN_PROGRESS'), 'IN_PROGRESS')
  })

  test('is one whose predecessor still has tasks that run down', () => {
    for (const left of [
      old(),
      old({ runningCount: 0 }),
      old({ rolloutState: 'FAILED' }),
      old({ rolloutState: 'FAILED', runningCount: 0, pendingCount: 1 }),
    ]) {
      assert.equal(inProgress([deploymentWith(), left]), 'ecs-svc/2')
    }
    assert.equal(
      inProgress([deploymentWith(), old({ rolloutState: 'FAILED', runningCount: 0 })]),
      'none',
    )
  })

  test('is found by its record if ECS lists no deployment', () => {
    assert.equal(inProgress([], 'IN_PROGRESS'), 'IN_PROGRESS')
    assert.equal(inProgress([], 'SUCCESSFUL'), 'none')
  })
})

describe('a deployment of which no task ever ran', () => {
  const starting = { rolloutState: 'IN_PROGRESS', runningCount: 0, failedTasks: 3 }
  const inFlight = (changes: object, others: readonly object[] = [], runningCount = 0) => {
    const deployments = [deploymentWith({ ...starting, ...changes }), ...others]
    const service = { runningCount, deployments }
    const serviceDeployments = [recordWith({ status: 'IN_PROGRESS' })]
    return deploymentInProgress(observationWith({ service, serviceDeployments })) !== undefined
  }

  test('is not in progress once tasks have failed, if nothing else runs', () => {
    assert.equal(inFlight({}), false)
    assert.equal(inFlight({ failedTasks: 0 }), true)
    assert.equal(inFlight({ failedTasks: undefined }), true)
  })

  test('is in progress while what ran before it still has its place', () => {
    assert.equal(inFlight({}, [old()], 1), true)
    assert.equal(inFlight({}, [old({ runningCount: 0 })]), true)
    assert.equal(inFlight({ runningCount: 1 }, [], 1), true)
  })
})

test('a deployment is in progress without a record if ECS says so', () => {
  assert.equal(inProgress([deploymentWith({ rolloutState: 'IN_PROGRESS' })]), 'ecs-svc/2')
  assert.equal(inProgress([deploymentWith()]), 'none')
  assert.equal(inProgress([]), 'none')
})
