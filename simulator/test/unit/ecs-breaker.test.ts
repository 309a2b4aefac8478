import assert from 'node:assert/strict'
import { test } from 'node:test'
import { thresholdOf } from '../../ecs/rollouts/breaker-threshold.ts'
import type { Behaviour } from '../../runtime/scripted.ts'
import { anonymous, first, simulateService, type SimulationOptions } from './service-simulation.ts'

const crashes: Behaviour = { exits: { afterMs: 500, code: 3 } }
const breakerOnly = { deploymentCircuitBreaker: { enable: true, rollback: false } }
const noBreaker = { deploymentCircuitBreaker: { enable: false, rollback: false } }
const from =
  (revision: number, behaviour: Behaviour): NonNullable<SimulationOptions['behave']> =>
  (which) =>
    which >= revision ? behaviour : {}

test('a crash loop trips the breaker after three failures and rolls back to what ran before', async () => {
  const { deploy, settle, clock, service, events, primary, serviceDeployments } =
    await simulateService({
      behave: from(2, crashes),
      desiredCount: 1,
    })
  const good = primary()
  const before = events().length
  const bad = deploy('registry/api:2')
  await clock.advanceUntil(() => (service().deployments?.length ?? 0) === 3, 600_000)

  const [back, failed, old] = service().deployments ?? []
  assert.deepEqual([failed?.id, failed?.status, failed?.rolloutState], [bad.id, 'ACTIVE', 'FAILED'])
  assert.equal(failed?.rolloutStateReason, 'ECS deployment circuit breaker: tasks failed to start.')
  assert.equal(failed?.failedTasks, 3)
  assert.deepEqual([old?.id, old?.status], [good.id, 'ACTIVE'])
  assert.deepEqual(
    [back?.status, back?.rolloutState, back?.taskDefinition],
    ['PRIMARY', 'IN_PROGRESS', good.taskDefinition],
  )
  assert.ok(back?.id !== good.id && back?.id !== bad.id)
  assert.equal(
    back?.rolloutStateReason,
    `ECS deployment circuit breaker: rolling back to deploymentId ${good.id}.`,
  )
  const under = first(serviceDeployments())
  assert.equal(under.status, 'ROLLBACK_IN_PROGRESS')
  assert.deepEqual(under.deploymentCircuitBreaker, {
    status: 'TRIGGERED',
    failureCount: 3,
    threshold: 3,
  })

  assert.equal(await settle(), true)
  const reported = new Set(events().slice(before))
  assert.ok(reported.has(`(deployment ${bad.id}) deployment failed: tasks failed to start.`))
  assert.ok(reported.has(`rolling back to deployment ${good.id}`))
  assert.equal(primary().id, back?.id)
  assert.equal(service().taskDefinition, good.taskDefinition)
  const [record, previous] = serviceDeployments()
  assert.equal(record?.status, 'ROLLBACK_SUCCESSFUL')
  const reason =
    'Service deployment rolled back because the circuit breaker threshold was exceeded.'
  assert.equal(record?.statusReason, reason)
  assert.equal(record?.rollback?.reason, reason)
  assert.equal(
    record?.rollback?.serviceRevisionArn,
    previous?.targetServiceRevision?.arn,
    'a rollback goes back to the service revision itself and makes no new one',
  )
})

test('a failed pull has its own stop code and reason', async () => {
  const { deploy, settle, tasks, serviceDeployments, runtime } = await simulateService({
    behave: from(2, { pullFails: true }),
  })
  deploy('registry/api:gone')
  assert.equal(await settle(), true)
  assert.equal(first(serviceDeployments()).status, 'ROLLBACK_SUCCESSFUL')
  const failed = tasks().filter(({ taskDefinitionArn = '' }) => taskDefinitionArn.endsWith(':2'))
  assert.ok(failed.length >= 3)
  const [{ stopCode, stoppedReason, containers, startedAt }] = [first(failed)]
  const reason =
    'CannotPullContainerError: pull image manifest has been retried 7 time(s): ' +
    'failed to resolve ref registry/api:gone: not found'
  assert.deepEqual([stopCode, stoppedReason, startedAt], ['TaskFailedToStart', reason, undefined])
  assert.equal(first(containers).reason, reason)
  assert.ok(runtime.started().some(({ taskDefinition }) => taskDefinition === 'api:2'))
})

test('a health check that answers 404 trips the breaker though every task runs', async () => {
  const { deploy, settle, events, tasks, serviceDeployments, targetGroup } = await simulateService({
    behave: from(2, { probe: () => 404 }),
    desiredCount: 1,
  })
  const before = events().length
  deploy('registry/api:2')
  assert.equal(await settle(), true)
  assert.equal(first(serviceDeployments()).status, 'ROLLBACK_SUCCESSFUL')
  const reported = anonymous(events().slice(before))
  const unhealthy =
    '(task T) (port 8080) is unhealthy in (target-group G) due to (reason Health checks failed with these codes: [404])'
  assert.equal(reported.filter((event) => event === unhealthy).length, 3)
  const stopped = first(
    tasks().filter(({ taskDefinitionArn = '' }) => taskDefinitionArn.endsWith(':2')),
  )
  assert.equal(stopped.stopCode, 'ServiceSchedulerInitiated')
  assert.equal(
    stopped.stoppedReason,
    `Task failed ELB health checks in (target-group ${targetGroup})`,
  )
})

test('without a rollback target the deployment stays FAILED and starts no more tasks', async () => {
  const { settle, clock, primary, serviceDeployments, runtime } = await simulateService({
    behave: () => crashes,
  })
  assert.equal(await settle(), true)
  assert.equal(primary().rolloutState, 'FAILED')
  const record = first(serviceDeployments())
  assert.equal(record.status, 'ROLLBACK_FAILED')
  assert.equal(record.statusReason, 'No rollback candidate was found to run the rollback')
  const started = runtime.started().length
  await clock.advance(3_600_000)
  assert.equal(runtime.started().length, started)
})

test('with rollback off the deployment stays FAILED and the old tasks keep running', async () => {
  const { deploy, clock, primary, service, serviceDeployments } = await simulateService({
    behave: from(2, crashes),
    deploymentConfiguration: breakerOnly,
  })
  const { id } = deploy('registry/api:2')
  await clock.advance(3_600_000)
  assert.deepEqual([primary().id, primary().rolloutState], [id, 'FAILED'])
  assert.equal(service().runningCount, 2)
  assert.equal(first(serviceDeployments()).status, 'STOPPED')
})

test('with the breaker off a crash loop never ends, but slows down', async () => {
  const { deploy, clock, primary, service, serviceDeployments, runtime } = await simulateService({
    behave: from(2, crashes),
    deploymentConfiguration: noBreaker,
  })
  deploy('registry/api:2')
  await clock.advance(6 * 3_600_000)
  assert.equal(primary().rolloutState, 'IN_PROGRESS')
  assert.equal(first(serviceDeployments()).status, 'IN_PROGRESS')
  assert.equal(first(serviceDeployments()).deploymentCircuitBreaker?.status, 'DISABLED')
  assert.equal(service().deployments?.[1]?.runningCount, 2)
  assert.ok((primary().failedTasks ?? 0) > 10)
  assert.ok(runtime.started().length < 100)
})

test('tasks that become healthy and then crash are always replaced and never trip the breaker', async () => {
  const { deploy, clock, settle, primary, serviceDeployments, tasks } = await simulateService({
    behave: from(2, { exits: { afterMs: 60_000, code: 137 } }),
  })
  const { id } = deploy('registry/api:2')
  await clock.advance(3_600_000)
  await settle()
  assert.deepEqual([primary().id, primary().rolloutState], [id, 'COMPLETED'])
  assert.equal(first(serviceDeployments()).status, 'SUCCESSFUL')
  assert.equal(primary().failedTasks, 0)
  const dead = first(tasks().filter(({ stopCode }) => stopCode === 'EssentialContainerExited'))
  assert.equal(dead.stoppedReason, 'Essential container in task exited')
  assert.equal(first(dead.containers).exitCode, 137)
})

test('a rollback that fails as well ends as ROLLBACK_FAILED', async () => {
  let broken = false
  const { deploy, clock, primary, serviceDeployments } = await simulateService({
    behave: () => (broken ? crashes : {}),
  })
  broken = true
  deploy('registry/api:2')
  await clock.advance(3_600_000)
  assert.equal(first(serviceDeployments()).status, 'ROLLBACK_FAILED')
  assert.equal(primary().rolloutState, 'FAILED')
})

test('one healthy task among failing ones resets the count', async () => {
  let count = 0
  const { deploy, clock, primary, settle } = await simulateService({
    desiredCount: 1,
    behave: (revision) => (revision > 1 && ++count % 3 !== 0 ? crashes : {}),
  })
  const { id } = deploy('registry/api:2')
  await clock.advance(60_000)
  assert.equal(await settle(), true)
  assert.deepEqual([primary().id, primary().failedTasks], [id, 0])
})

function threshold(
  desired: number,
  thresholdConfiguration?: { type: 'COUNT' | 'UNBOUNDED_PERCENT'; value: number },
): number {
  return thresholdOf(
    { deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration } },
    desired,
  )
}

test('the threshold is half of the desired count, between 3 and 200, or what is configured', () => {
  assert.deepEqual(
    [1, 6, 25, 400, 1000].map((desired) => threshold(desired)),
    [3, 3, 13, 200, 200],
  )
  assert.equal(threshold(1000, { type: 'UNBOUNDED_PERCENT', value: 50 }), 500)
  assert.equal(threshold(1000, { type: 'COUNT', value: 1 }), 1)
})
