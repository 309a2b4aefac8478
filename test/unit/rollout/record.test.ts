import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { reasonOf, recordOf } from '../../../rollout/record.ts'
import { deploymentWith, observationWith, oldRevision, ours, recordWith } from './observations.ts'

const mine = recordWith({ serviceDeploymentArn: 'sd/2', status: 'IN_PROGRESS' })
const theirs = recordWith({ serviceDeploymentArn: 'sd/3', createdAt: new Date(1_500) })
const withoutArn = { deploymentId: ours.deploymentId }

/** Whether the record of our deployment is found if ECS made it so long after the deployment. */
function isFoundAfter(ms: number): boolean {
  const one = recordWith({ createdAt: new Date(1_000 + ms) })
  return recordOf(observationWith({ serviceDeployments: [one] }), withoutArn) === one
}

const reason = (changes: object) =>
  reasonOf({
    ...recordWith({ status: 'STOPPED' }),
    triggeredAlarms: ['errors', 'latency'],
    ...changes,
  })

describe('the record of a deployment', () => {
  test('is the one whose ARN is known, however far apart the clocks are', () => {
    const late = recordWith({ serviceDeploymentArn: 'sd/2', createdAt: new Date(90_000) })
    const seen = observationWith({ serviceDeployments: [theirs, late] })
    assert.equal(recordOf(seen, ours), late)
  })

  test('is the nearest in time if no ARN is known, as after a retried UpdateService', () => {
    const seen = observationWith({ serviceDeployments: [theirs, mine] })
    assert.equal(recordOf(seen, withoutArn), mine)
  })

  test('is made in the same instant as the deployment, give or take two seconds', () => {
    assert.deepEqual([-2_001, -2_000, 0, 2_000, 2_001].map(isFoundAfter), [
      false,
      true,
      true,
      true,
      false,
    ])
  })

  test('is found by time if ECS no longer lists the ARN', () => {
    const seen = observationWith({ serviceDeployments: [mine] })
    assert.equal(recordOf(seen, { ...withoutArn, serviceDeploymentArn: 'sd/gone' }), mine)
  })

  test('does not exist for ECS’s own rollback, which has none', () => {
    const rollback = deploymentWith({ id: 'ecs-svc/3', createdAt: new Date(60_000) })
    const seen = observationWith({
      service: { deployments: [rollback] },
      serviceDeployments: [mine],
    })
    assert.equal(recordOf(seen, { deploymentId: 'ecs-svc/3' }), undefined)
  })

  test('is not guessed for a deployment that ECS does not list', () => {
    const seen = observationWith({ serviceDeployments: [mine] })
    assert.equal(recordOf(seen, { deploymentId: 'ecs-svc/9' }), undefined)
  })

  test('is unknown if the endpoint has no records', () => {
    assert.equal(recordOf(observationWith({ serviceDeployments: 'unavailable' }), ours), undefined)
  })

  test('is not that of another revision, which was requested in the same instant', () => {
    const other = { ...mine, targetTaskDefinition: oldRevision }
    const seen = observationWith({ serviceDeployments: [other] })
    assert.equal(recordOf(seen, withoutArn), undefined)
  })
})

test('the reason of a record names the alarms that its text does not', () => {
  assert.deepEqual(reason({ statusReason: 'Alarm errors went off' }), {
    said: 'Alarm errors went off',
    status: 'STOPPED',
    alarms: ['latency'],
  })
  assert.deepEqual(reason({ rollbackReason: 'because' }), {
    said: 'because',
    status: 'STOPPED',
    alarms: ['errors', 'latency'],
  })
})
