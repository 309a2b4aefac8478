import assert from 'node:assert/strict'
import { test } from 'node:test'
import { first, simulateService } from './service-simulation.ts'

const cluster = 'mailman'

test('a running task has its deployment, its image and its port', async () => {
  const { tasks, primary, service } = await simulateService({ desiredCount: 1 })
  const task = first(tasks())
  assert.equal(task.startedBy, primary().id)
  assert.equal(task.taskDefinitionArn, service().taskDefinition)
  assert.equal(task.group, 'service:api')
  assert.deepEqual([task.lastStatus, task.desiredStatus], ['RUNNING', 'RUNNING'])
  const container = first(task.containers)
  assert.match(container.imageDigest ?? '', /^sha256:[0-9a-f]{64}$/)
  const binding = first(container.networkBindings)
  assert.equal(binding.containerPort, 8080)
  assert.ok((binding.hostPort ?? 0) > 0)
})

test('a task that a user stops shows it, is replaced, and does not count as a failure', async () => {
  const { call, clock, tasks, primary, service } = await simulateService({ desiredCount: 1 })
  const { taskArn } = first(tasks())
  call('StopTask', { cluster, task: taskArn, reason: 'trying it out' })
  await clock.advance(120_000)
  const [stopped, running] = tasks()
  assert.deepEqual(
    [stopped?.taskArn, stopped?.stopCode, stopped?.stoppedReason, stopped?.lastStatus],
    [taskArn, 'UserInitiated', 'trying it out', 'STOPPED'],
  )
  assert.equal(running?.lastStatus, 'RUNNING')
  assert.equal(service().runningCount, 1)
  assert.equal(primary().failedTasks, 0)
})

test('a task that the scheduler stops drains first and shows for which deployment', async () => {
  const { deploy, clock, tasks, call, targetGroup, settle } = await simulateService({
    desiredCount: 1,
  })
  const old = first(tasks()).taskArn
  const { id } = deploy('registry/api:2')
  const find = (): ReturnType<typeof tasks>[number] | undefined =>
    tasks().find(({ taskArn }) => taskArn === old)
  assert.ok(await clock.advanceUntil(() => find()?.lastStatus === 'DEACTIVATING', 120_000))
  assert.equal(find()?.desiredStatus, 'STOPPED')
  const { TargetHealthDescriptions } = call('DescribeTargetHealth', {
    TargetGroupArn: targetGroup,
  }) as { TargetHealthDescriptions: { TargetHealth: { State: string } }[] }
  assert.deepEqual(
    TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth.State).toSorted(),
    ['draining', 'healthy'],
  )
  await settle()
  const stopped = find()
  assert.equal(stopped?.stopCode, 'ServiceSchedulerInitiated')
  assert.equal(stopped?.stoppedReason, `Scaling activity initiated by (deployment ${id})`)
  assert.ok(Number(stopped?.stoppedAt) - Number(stopped?.stoppingAt) >= 30)
})

test('a stopped task is listed for an hour', async () => {
  const { call, clock, tasks } = await simulateService({ desiredCount: 1 })
  const { taskArn } = first(tasks())
  call('StopTask', { cluster, task: taskArn })
  await clock.advance(3_500_000)
  assert.equal(tasks().length, 2)
  await clock.advance(200_000)
  assert.equal(tasks().length, 1)
  const { failures } = call('DescribeTasks', { cluster, tasks: [taskArn] })
  assert.deepEqual(failures, [{ arn: taskArn, reason: 'MISSING' }])
})

test('tasks are listed by service, family, deployment and desired status, page by page', async () => {
  const { call, primary } = await simulateService({ desiredCount: 3 })
  const list = (filter: object): string[] =>
    call('ListTasks', { cluster, ...filter })['taskArns'] as string[]
  assert.equal(list({ serviceName: 'api' }).length, 3)
  assert.equal(list({ family: 'api' }).length, 3)
  assert.equal(list({ family: 'ap' }).length, 0)
  assert.equal(list({ startedBy: primary().id }).length, 3)
  assert.equal(list({ desiredStatus: 'STOPPED' }).length, 0)
  const { taskArns, nextToken } = call('ListTasks', { cluster, maxResults: 2 })
  assert.equal((taskArns as string[]).length, 2)
  assert.equal(list({ maxResults: 2, nextToken }).length, 1)
  assert.throws(() => list({ serviceName: 'worker' }), { code: 'ServiceNotFoundException' })
})

test('a task that becomes unhealthy after the rollout is replaced', async () => {
  const { clock, service, events, primary } = await simulateService({
    desiredCount: 1,
    behave: () => ({ probe: (runningMs) => (runningMs > 200_000 ? { kind: 'timeout' } : 200) }),
  })
  await clock.advance(400_000)
  assert.ok(events().some((event) => event.endsWith('due to (reason Request timed out)')))
  assert.equal(service().runningCount, 1)
  assert.equal(primary().rolloutState, 'COMPLETED')
})

test('a task is not stopped for unhealthy targets during the grace period', async () => {
  const { runtime, tasks } = await simulateService({
    desiredCount: 1,
    behave: () => ({ probe: (runningMs) => (runningMs < 90_000 ? 503 : 200) }),
    service: { healthCheckGracePeriodSeconds: 120 },
  })
  assert.equal(runtime.started().length, 1)
  assert.equal(first(tasks()).lastStatus, 'RUNNING')
})
