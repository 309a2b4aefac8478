import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { answersOf, deployment, recordsOf, revision, service } from '../ecs-answers.ts'
import { failsAs } from '../in-activity.ts'
import { accepting, moved, ours, update } from './updated-service.ts'

/** A service whose PRIMARY deployment is of our revision already. */
const alreadyOurs = (rolloutState: string) =>
  answersOf({ service: service({ deployments: [deployment({ ...ours, rolloutState })] }) })

describe('updating a service', () => {
  test('starts a deployment of the revision and finds its record', async () => {
    const { started, updates } = update({
      ...answersOf(),
      ...recordsOf(
        { status: 'IN_PROGRESS', taskDefinition: revision(2) },
        { status: 'SUCCESSFUL', taskDefinition: revision(1) },
      ),
      ...accepting,
    })
    const { serviceDeploymentArn, ...rest } = await started
    assert.deepEqual(rest, {
      service: 'api',
      taskDefinition: revision(2),
      deploymentId: 'ecs-svc/2',
    })
    assert.match(serviceDeploymentArn ?? '', /service-deployment\/mailman\/mailman-api\/2$/)
    assert.deepEqual(updates()[0]?.input, {
      cluster: 'mailman',
      service: 'mailman-api',
      taskDefinition: revision(2),
    })
  })

  test('forces a new deployment of a revision whose last one has failed, as ECS would start none', async () => {
    for (const [rolloutState, forced] of [
      ['FAILED', true],
      ['COMPLETED', undefined],
    ] as const) {
      const { started, updates } = update({ ...alreadyOurs(rolloutState), ...accepting })
      await started
      assert.equal(updates()[0]?.input['forceNewDeployment'], forced)
    }
  })

  test('returns how long earlier successful deployments took', async () => {
    const { started } = update({
      ...answersOf(),
      ...recordsOf(
        { status: 'IN_PROGRESS', taskDefinition: revision(2) },
        { status: 'SUCCESSFUL', taskDefinition: revision(1), tookMs: 150_000 },
        { status: 'ROLLBACK_SUCCESSFUL', taskDefinition: revision(3), tookMs: 300_000 },
        { status: 'SUCCESSFUL', taskDefinition: revision(1), tookMs: 140_000 },
      ),
      ...accepting,
    })
    assert.deepEqual((await started).earlierMs, [150_000, 140_000])
  })

  test('needs no record if the endpoint has none', async () => {
    const { started } = update({ ...answersOf(), ...accepting })
    assert.equal('serviceDeploymentArn' in (await started), false)
  })

  test('finds the record of an earlier attempt, not that of a later deployment of the revision', async () => {
    const { started, updates } = update({
      ...answersOf({ service: moved(revision(2), 2) }),
      ...recordsOf(
        { status: 'IN_PROGRESS', taskDefinition: revision(2) },
        { status: 'STOPPED', taskDefinition: revision(2) },
        { status: 'SUCCESSFUL', taskDefinition: revision(1) },
      ),
    })
    assert.match((await started).serviceDeploymentArn ?? '', /mailman-api\/2$/)
    assert.deepEqual(updates(), [])
  })

  test('finds no record for a rollback of ECS to the revision, which makes none', async () => {
    const { started } = update({
      ...answersOf({ service: moved(revision(2), 1) }),
      ...recordsOf(
        { status: 'IN_PROGRESS', taskDefinition: revision(2) },
        { status: 'ROLLBACK_SUCCESSFUL', taskDefinition: revision(3) },
      ),
    })
    assert.equal('serviceDeploymentArn' in (await started), false)
  })

  test('recognises the deployment that an earlier attempt has started, and starts no second one', async () => {
    const { started, updates } = update({
      ...answersOf({ service: moved(revision(2)) }),
      ...accepting,
    })
    assert.equal((await started).deploymentId, 'ecs-svc/2')
    assert.deepEqual(updates(), [])
  })

  test('fails if somebody else has deployed since, and changes nothing', async () => {
    const { started, updates } = update({ ...answersOf({ service: moved(revision(9)) }) })
    await assert.rejects(started, failsAs('Conflict', 'ecs-svc/2 of mailman-api:9', 'ecs-svc/1'))
    assert.deepEqual(updates(), [])
  })

  test('forces fresh tasks if asked to', async () => {
    const { started, updates } = update({ ...answersOf(), ...accepting }, true)
    await started
    assert.equal(updates()[0]?.input['forceNewDeployment'], true)
  })
})
