import assert from 'node:assert/strict'
import { test } from 'node:test'
import { familyOf, revisionNumber, shortName } from '../../../../rollout/arn.ts'
import { lastGoodBefore } from '../../../../rollout/last-good.ts'
import { observationWith, ours, recordWith } from '../observations.ts'

const record = (arn: string, targetTaskDefinition: string, at: number, status = 'SUCCESSFUL') => ({
  ...recordWith({ serviceDeploymentArn: arn, status, createdAt: new Date(at) }),
  targetTaskDefinition,
})

const live = ours.taskDefinition

function lastGood(...serviceDeployments: ReturnType<typeof record>[]): string | undefined {
  return lastGoodBefore(observationWith({ serviceDeployments }))?.arn
}

test('the last good deployment is the newest success of something else before the live one', () => {
  assert.equal(
    lastGood(
      record('first', 'api:5', 1),
      record('later', 'api:9', 9),
      record('before', 'api:6', 2),
      record('failed', 'api:7', 3, 'ROLLBACK_SUCCESSFUL'),
      record('unknown', '', 4),
      record('live', live, 6),
      record('same', live, 5),
    ),
    'before',
  )
})

test('there is none without a record of it', () => {
  assert.equal(lastGood(record('live', live, 6)), undefined)
  assert.equal(lastGoodBefore(observationWith({ serviceDeployments: 'unavailable' })), undefined)
})

test('without a PRIMARY, or a record of the live one, it is the newest success', () => {
  assert.equal(lastGood(record('first', 'api:5', 1), record('second', 'api:6', 2)), 'second')
  const serviceDeployments = [record('first', 'api:5', 1)]
  const observation = observationWith({ service: { deployments: [] }, serviceDeployments })
  assert.equal(lastGoodBefore(observation)?.arn, 'first')
})

test('a task definition is named by its family and revision', () => {
  assert.equal(revisionNumber('arn:aws:ecs:eu-west-1:1:task-definition/mailman-api:42'), 42)
  assert.equal(revisionNumber('mailman-api:42'), 42)
  const arn = 'arn:aws:ecs:eu-west-1:1:task-definition/mailman-api:42'
  assert.equal(shortName(arn), 'mailman-api:42')
  assert.equal(shortName('mailman-api:42'), 'mailman-api:42')
  assert.equal(familyOf(arn), 'mailman-api')
  assert.equal(familyOf('mailman-api:42'), 'mailman-api')
  assert.equal(familyOf('mailman:1-api'), 'mailman:1-api')
})
