import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { primaryOf } from '../../../../rollout/observation.ts'
import { wasRolledBack } from '../../../../rollout/was-rolled-back.ts'
import {
  deploymentWith,
  failedDeployment,
  observationWith,
  oldRevision,
  ours,
  rolledBackTo,
} from '../observations.ts'

interface Given {
  readonly deployments: readonly object[]
  /** Newest first, without their prefix. */
  readonly events?: readonly string[]
  readonly breaker?: object
  /** The task definition that ran before the release. */
  readonly before?: string
}

function isRollback({ deployments, events = [], breaker = {}, before }: Given): boolean {
  const observation = observationWith({
    service: {
      deployments,
      events: events.map((message) => ({ message: `(service api) ${message}` })),
      deploymentConfiguration: { deploymentCircuitBreaker: breaker },
    },
  })
  const primary = primaryOf(observation)
  assert.ok(primary !== undefined)
  const ran = before === undefined ? {} : { before: { taskDefinition: before, digests: {} } }
  return wasRolledBack({ observation, expected: { ...ours, ...ran }, primary })
}

/** Another deployment than ours is PRIMARY, and gives no reason. */
const other = { ...rolledBackTo, rolloutStateReason: 'ECS deployment ecs-svc/3 in progress.' }
const rollsBack = { enable: true, rollback: true }
const failedEvent = '(deployment ecs-svc/2) deployment failed: tasks failed to start.'
const rollbackEvent = 'rolling back to deployment ecs-svc/1.'

describe('another PRIMARY is ECS’s rollback of ours', () => {
  test('if its reason says so', () => {
    assert.equal(isRollback({ deployments: [rolledBackTo] }), true)
    assert.equal(isRollback({ deployments: [other] }), false)
  })

  test('if ours has failed, and the circuit breaker rolls back', () => {
    const deployments = [other, failedDeployment]
    assert.equal(isRollback({ deployments, breaker: rollsBack }), true)
    assert.equal(
      isRollback({ deployments: [other], events: [failedEvent], breaker: rollsBack }),
      true,
    )
    assert.equal(isRollback({ deployments, breaker: { enable: true, rollback: false } }), false)
    const runs = [other, deploymentWith({ status: 'ACTIVE', rolloutState: 'IN_PROGRESS' })]
    assert.equal(isRollback({ deployments: runs, breaker: rollsBack }), false)
  })

  test('if ours has failed, and an event says that ECS rolls back, as an alarm makes it do', () => {
    const events = [rollbackEvent, '(deployment ecs-svc/2) deployment failed: alarm detected.']
    assert.equal(isRollback({ deployments: [other], events }), true)
    assert.equal(isRollback({ deployments: [other], events: [failedEvent] }), false)
    assert.equal(isRollback({ deployments: [other], events: [rollbackEvent] }), false)
    assert.equal(
      isRollback({ deployments: [other, failedDeployment], events: [rollbackEvent] }),
      true,
    )
  })

  test('not if it was an earlier deployment that failed and was rolled back', () => {
    const earlier = '(deployment ecs-svc/0) deployment failed: tasks failed to start.'
    const events = [rollbackEvent, earlier]
    assert.equal(isRollback({ deployments: [other], events, breaker: rollsBack }), false)
  })

  test('only if it runs what ran before, where that is known', () => {
    const deployments = [rolledBackTo, failedDeployment]
    const known = (before: string) => isRollback({ deployments, breaker: rollsBack, before })
    assert.equal(known(oldRevision), true)
    assert.equal(known(`${oldRevision}9`), false)
  })
})
