import assert from 'node:assert/strict'
import { test } from 'node:test'
import { awsTimings, setCapacity } from '../../ecs/index.ts'
import { anonymous, first, simulateService } from './service-simulation.ts'

test('a good rollout starts the new tasks, waits for their health, drains the old ones and completes', async () => {
  const { deploy, settle, events, service, serviceDeployments } = await simulateService({
    desiredCount: 1,
  })
  const before = events().length
  const started = deploy('registry/api:2')
  assert.equal(await settle(), true)
  assert.deepEqual(anonymous(events().slice(before)), [
    'has started 1 tasks: (task T).',
    'registered 1 targets in (target-group G)',
    'has stopped 1 running tasks: (task T).',
    'deregistered 1 targets in (target-group G)',
    'has begun draining connections on 1 tasks.',
    '(deployment ecs-svc/N) deployment completed.',
    'has reached a steady state.',
  ])
  const [deployment] = service().deployments ?? []
  assert.equal(deployment?.id, started.id)
  assert.equal(deployment?.rolloutState, 'COMPLETED')
  assert.equal(deployment?.rolloutStateReason, `ECS deployment ${started.id} completed.`)
  const record = first(serviceDeployments())
  assert.equal(record.status, 'SUCCESSFUL')
  assert.equal(record.targetServiceRevision?.runningTaskCount, 1)
  assert.deepEqual(record.deploymentCircuitBreaker, {
    status: 'MONITORING_COMPLETE',
    failureCount: 0,
    threshold: 3,
  })
})

test('during a rollout the new deployment is PRIMARY and the old one ACTIVE', async () => {
  const { deploy, clock, service, serviceDeployments } = await simulateService()
  const { id } = deploy('registry/api:2')
  assert.equal(first(serviceDeployments()).status, 'PENDING')
  await clock.advance(30_000)
  const [primary, active] = service().deployments ?? []
  assert.deepEqual(
    [primary?.status, primary?.rolloutState, primary?.rolloutStateReason, primary?.runningCount],
    ['PRIMARY', 'IN_PROGRESS', `ECS deployment ${id} in progress.`, 2],
  )
  assert.deepEqual(
    [active?.status, active?.rolloutState, active?.runningCount, active?.desiredCount],
    ['ACTIVE', 'COMPLETED', 2, 2],
  )
  const record = first(serviceDeployments())
  assert.equal(record.status, 'IN_PROGRESS')
  assert.equal(service().currentServiceDeployment, record.serviceDeploymentArn)
  assert.equal(record.sourceServiceRevisions?.[0]?.runningTaskCount, 2)
})

const limits = [
  { desired: 1, minimum: 100, maximum: 200 },
  { desired: 4, minimum: 50, maximum: 100 },
  { desired: 5, minimum: 50, maximum: 150 },
  { desired: 3, minimum: 0, maximum: 100 },
  { desired: 10, minimum: 90, maximum: 110 },
]

for (const { desired, minimum, maximum } of limits) {
  test(`${desired} tasks never leave the bounds of ${minimum} and ${maximum} percent`, async () => {
    const { deploy, settle, service, engine } = await simulateService({
      desiredCount: desired,
      deploymentConfiguration: {
        minimumHealthyPercent: minimum,
        maximumPercent: maximum,
      },
    })
    const { id } = deploy('registry/api:2')
    const ended = await settle(() => {
      const { runningCount = 0, pendingCount = 0 } = service()
      const healthy = Object.values(engine.state.targetGroups)
        .flatMap(({ targets }) => targets)
        .filter(({ state }) => state === 'healthy').length
      assert.ok(runningCount + pendingCount <= Math.floor((desired * maximum) / 100))
      assert.ok(healthy >= Math.ceil((desired * minimum) / 100))
    })
    assert.equal(ended, true)
    assert.equal(first(service().deployments).id, id)
    assert.equal(service().runningCount, desired)
  })
}

test('a rollout without capacity reports it, waits, and continues once there is capacity', async () => {
  const { deploy, clock, settle, events, engine, primary, service } = await simulateService()
  const before = events().length
  setCapacity(engine, 'Capacity is unavailable at this time.')
  deploy('registry/api:2')
  await clock.advance(90_000)
  const refused = 'was unable to place a task. Reason: Capacity is unavailable at this time.'
  assert.deepEqual(events().slice(before), [refused, refused])
  assert.deepEqual([primary().rolloutState, primary().failedTasks], ['IN_PROGRESS', 0])
  assert.equal(service().runningCount, 2)
  setCapacity(engine, undefined)
  assert.equal(await settle(), true)
  assert.equal(primary().rolloutState, 'COMPLETED')
})

test('a service without a load balancer rolls out once its tasks have run for a while', async () => {
  const { deploy, settle, events } = await simulateService({ loadBalancer: false, desiredCount: 1 })
  const before = events().length
  deploy('registry/api:2')
  assert.equal(await settle(), true)
  assert.deepEqual(anonymous(events().slice(before)), [
    'has started 1 tasks: (task T).',
    'has stopped 1 running tasks: (task T).',
    '(deployment ecs-svc/N) deployment completed.',
    'has reached a steady state.',
  ])
})

test('percentages that leave no room for a rollout are reported once, and nothing changes', async () => {
  const { deploy, settle, events, primary } = await simulateService({
    desiredCount: 1,
    deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 150 },
  })
  const before = events().length
  deploy('registry/api:2')
  assert.equal(await settle(), false)
  assert.deepEqual(events().slice(before), [
    'was unable to stop or start tasks during a deployment because of the service deployment ' +
      'configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
  ])
  assert.equal(primary().rolloutState, 'IN_PROGRESS')
})

test('a service scaled to 0 completes a deployment without a task', async () => {
  const { deploy, settle, service, tasks, clock } = await simulateService({ desiredCount: 0 })
  const { id } = deploy('registry/api:2')
  assert.equal(await settle(), true)
  assert.equal(first(service().deployments).id, id)
  await clock.advance(60_000)
  assert.throws(tasks, { code: 'InvalidParameterException' })
})

test('a new desired count alone scales the existing deployment', async () => {
  const { call, clock, service, primary, serviceDeployments } = await simulateService({
    desiredCount: 2,
  })
  const { id } = primary()
  call('UpdateService', { cluster: 'mailman', service: 'api', desiredCount: 4 })
  await clock.advance(300_000)
  assert.deepEqual([service().runningCount, primary().id], [4, id])
  call('UpdateService', { cluster: 'mailman', service: 'api', desiredCount: 1 })
  await clock.advance(300_000)
  assert.deepEqual([service().runningCount, primary().id], [1, id])
  assert.equal(primary().rolloutState, 'COMPLETED')
  assert.equal(serviceDeployments().length, 1)
})

test('a rollout that takes most of an hour on AWS takes no time on a manual clock', async () => {
  const { deploy, clock, primary } = await simulateService({
    desiredCount: 20,
    behave: () => ({ startMs: 240_000 }),
    deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 110 },
  })
  const start = clock.now()
  deploy('registry/api:2')
  await clock.advance(3_600_000)
  assert.equal(primary().rolloutState, 'COMPLETED')
  assert.ok((primary().updatedAt as unknown as number) * 1000 - start > 2_400_000)
})

test('with the fast timings and a health check a second a rollout takes 5 to 8 seconds', async () => {
  const { call, deploy, clock, settle, targetGroup } = await simulateService({
    engine: { timings: 'fast' },
    behave: () => ({ pullMs: 300, startMs: 500, stopMs: 500 }),
  })
  call('ModifyTargetGroup', { TargetGroupArn: targetGroup, HealthCheckIntervalSeconds: 1 })
  call('ModifyTargetGroupAttributes', {
    TargetGroupArn: targetGroup,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '2' }],
  })
  const start = clock.now()
  deploy('registry/api:2')
  assert.equal(await settle(), true)
  const took = clock.now() - start
  assert.ok(took >= 4000 && took <= 8000, `took ${took} ms`)
})

test('with jitter, rollouts take different times, within its share', async () => {
  const timings = { ...awsTimings, jitter: 0.2 }
  const { deploy, settle, clock } = await simulateService({
    desiredCount: 1,
    loadBalancer: false,
    engine: { timings },
  })
  const took: number[] = []
  for (let revision = 2; revision < 12; revision += 1) {
    const before = clock.now()
    deploy(`registry/api:${revision}`)
    await settle()
    took.push(clock.now() - before)
  }
  assert.ok(new Set(took).size > 5, took.join(' '))
  const spread = 2 * 0.2 * (timings.launch + timings.complete)
  // The scheduler may take up to a second to react.
  assert.ok(Math.max(...took) - Math.min(...took) <= spread + timings.react, took.join(' '))
})
