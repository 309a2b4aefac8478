import assert from 'node:assert/strict'
import { test } from 'node:test'
import { first, simulateService } from './service-simulation.ts'

test('a deployment that a newer one replaces is stopped, not rolled back', async () => {
  const { deploy, clock, settle, service, primary, serviceDeployments } = await simulateService()
  const replaced = deploy('registry/api:2')
  await clock.advance(30_000)
  const second = deploy('registry/api:3')
  await clock.advance(2000)
  assert.deepEqual(
    service()
      .deployments?.map(({ id, status }) => [id, status])
      .slice(0, 2),
    [
      [second.id, 'PRIMARY'],
      [replaced.id, 'ACTIVE'],
    ],
  )
  assert.deepEqual(
    serviceDeployments().map(({ status }) => status),
    ['IN_PROGRESS', 'STOPPED', 'SUCCESSFUL'],
  )
  assert.equal(await settle(), true)
  assert.equal(primary().id, second.id)
  assert.deepEqual(
    serviceDeployments().map(({ status, rollback }) => [status, rollback]),
    [
      ['SUCCESSFUL', undefined],
      ['STOPPED', undefined],
      ['SUCCESSFUL', undefined],
    ],
  )
})

test('StopServiceDeployment with ROLLBACK rolls back to the last revision that succeeded', async () => {
  const { deploy, clock, call, settle, primary, service, serviceDeployments } =
    await simulateService()
  const good = primary()
  deploy('registry/api:2')
  await clock.advance(30_000)
  const { serviceDeploymentArn } = first(serviceDeployments())
  assert.deepEqual(call('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' }), {
    serviceDeploymentArn,
  })
  assert.equal(first(serviceDeployments()).status, 'ROLLBACK_REQUESTED')
  await clock.advance(2000)
  assert.equal(first(serviceDeployments()).status, 'ROLLBACK_IN_PROGRESS')
  assert.match(
    primary().rolloutStateReason ?? '',
    new RegExp(`rolling back to deploymentId ${good.id}`),
  )
  assert.equal(await settle(), true)
  const [record, previous] = serviceDeployments()
  assert.equal(record?.status, 'ROLLBACK_SUCCESSFUL')
  assert.equal(record?.rollback?.serviceRevisionArn, previous?.targetServiceRevision?.arn)
  assert.equal(service().taskDefinition, good.taskDefinition)
  assert.equal(serviceDeployments().length, 2)
})

test('StopServiceDeployment with ABORT leaves everything as it is', async () => {
  const { deploy, clock, call, service, primary, serviceDeployments, runtime } =
    await simulateService()
  const { id } = deploy('registry/api:2')
  const { serviceDeploymentArn } = first(serviceDeployments())
  call('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ABORT' })
  await clock.advance(600_000)
  assert.equal(first(serviceDeployments()).status, 'STOPPED')
  assert.deepEqual([primary().id, primary().rolloutState], [id, 'FAILED'])
  assert.equal(service().runningCount, 2)
  assert.ok(runtime.started().every(({ taskDefinition }) => taskDefinition === 'api:1'))
})

test('a first deployment that is stopped has no rollback target', async () => {
  const { call, clock, serviceDeployments, primary } = await simulateService({
    behave: () => ({ probe: () => 500 }),
    deploymentConfiguration: { minimumHealthyPercent: 100 },
  })
  call('StopServiceDeployment', {
    serviceDeploymentArn: first(serviceDeployments()).serviceDeploymentArn,
  })
  await clock.advance(5000)
  const record = first(serviceDeployments())
  assert.equal(record.status, 'ROLLBACK_FAILED')
  assert.equal(record.statusReason, 'No rollback candidate was found to run the rollback')
  assert.equal(primary().rolloutState, 'FAILED')
})

test('only a known deployment in progress can be stopped', async () => {
  const { call, serviceDeployments } = await simulateService()
  const { serviceDeploymentArn } = first(serviceDeployments())
  assert.throws(() => call('StopServiceDeployment', { serviceDeploymentArn }), {
    code: 'ConflictException',
  })
  assert.throws(() => call('StopServiceDeployment', { serviceDeploymentArn: 'arn:aws:ecs:x' }), {
    code: 'ServiceDeploymentNotFoundException',
  })
})

test('a deployment that fails while a rollback is in progress has no rollback target', async () => {
  const { deploy, clock, primary, serviceDeployments } = await simulateService({
    behave: (revision) => (revision > 1 ? { exits: { afterMs: 100 } } : {}),
  })
  deploy('registry/api:2')
  await clock.advanceUntil(
    () => first(serviceDeployments()).status === 'ROLLBACK_IN_PROGRESS',
    600_000,
  )
  const { id } = deploy('registry/api:3')
  await clock.advance(600_000)
  assert.deepEqual(
    serviceDeployments().map(({ status }) => status),
    ['ROLLBACK_FAILED', 'STOPPED', 'SUCCESSFUL'],
  )
  assert.deepEqual([primary().id, primary().rolloutState], [id, 'FAILED'])
})
