import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTaskFaults } from '../../runtime/task-faults.ts'
import { first, simulateService, type ServiceSimulation } from './service-simulation.ts'

/** A service of one task behind a target group, and faults for its tasks. */
async function faultyStage(service: object = {}) {
  const faults = createTaskFaults()
  const made = await simulateService({ desiredCount: 1, faults, service })
  return { ...made, faults }
}

const statuses = ({ tasks }: ServiceSimulation) => tasks().map(({ lastStatus }) => lastStatus)

test('a slow start keeps a task pending for longer than it would be', async () => {
  const made = await faultyStage()
  made.faults.add({ kind: 'slow start', service: 'api', delayMs: 600_000 })
  made.deploy('registry/api:2')
  await made.clock.advance(600_000)
  assert.deepEqual(statuses(made), ['RUNNING', 'PENDING'])
  assert.equal(await made.settle(), true)
  assert.equal(first(made.serviceDeployments()).status, 'SUCCESSFUL')
})

test('a slow start ends when it is lifted, and a delayed task can be stopped', async () => {
  const made = await faultyStage()
  const fault = made.faults.add({ kind: 'slow start', delayMs: 36_000_000 })
  made.deploy('registry/api:2')
  await made.clock.advance(60_000)
  assert.equal(statuses(made)[1], 'PENDING')
  made.deploy('registry/api:3')
  await made.clock.advance(60_000)
  assert.deepEqual(statuses(made), ['RUNNING', 'STOPPED', 'PENDING'])
  assert.equal(made.faults.lift(fault.id), 1)
  await made.clock.advance(5000)
  assert.deepEqual(statuses(made), ['RUNNING', 'STOPPED', 'RUNNING'])
  assert.equal(await made.settle(), true)
})

test('a crash loop of one revision trips the breaker, and the rollback target runs well', async () => {
  const made = await faultyStage()
  made.faults.add({ kind: 'crash loop', taskDefinition: 'api:2', afterMs: 2000, exitCode: 137 })
  made.deploy('registry/api:2')
  assert.equal(await made.settle(), true)
  assert.equal(first(made.serviceDeployments()).status, 'ROLLBACK_SUCCESSFUL')
  const crashed = made.tasks().filter(({ stopCode }) => stopCode === 'EssentialContainerExited')
  assert.deepEqual(
    crashed.map(({ containers }) => first(containers).exitCode),
    [137, 137, 137],
  )
})

test('a crash loop that is over before the breaker trips lets the deployment succeed', async () => {
  const made = await faultyStage()
  made.faults.add({ kind: 'crash loop', service: 'api', count: 2 })
  made.faults.add({ kind: 'crash loop', service: 'another' })
  made.deploy('registry/api:2')
  assert.equal(await made.settle(), true)
  assert.equal(first(made.serviceDeployments()).status, 'SUCCESSFUL')
  assert.deepEqual(
    made.faults.list().map(({ hit }) => hit),
    [2, 0],
  )
})

test('failing health hits tasks that already run, and ends when it is lifted', async () => {
  const made = await faultyStage({ healthCheckGracePeriodSeconds: 3600 })
  const health = () => {
    const { TargetHealthDescriptions } = made.call('DescribeTargetHealth', {
      TargetGroupArn: made.targetGroup,
    }) as { TargetHealthDescriptions: { TargetHealth: { State: string; Description?: string } }[] }
    return first(TargetHealthDescriptions).TargetHealth
  }
  assert.equal(health().State, 'healthy')
  const fault = made.faults.add({ kind: 'failing health', taskDefinition: 'api', answer: 502 })
  await made.clock.advance(60_000)
  assert.equal(health().State, 'unhealthy')
  assert.equal(health().Description, 'Health checks failed with these codes: [502]')
  made.faults.lift(fault.id)
  await made.clock.advance(60_000)
  assert.equal(health().State, 'healthy')
})

test('a deployment succeeds if health fails only within the grace period', async () => {
  const made = await faultyStage({ healthCheckGracePeriodSeconds: 120 })
  made.faults.add({ kind: 'failing health', taskDefinition: 'api:2', forMs: 90_000 })
  made.deploy('registry/api:2')
  assert.equal(await made.settle(), true)
  assert.equal(first(made.serviceDeployments()).status, 'SUCCESSFUL')
  const [, task] = made.tasks()
  assert.ok(made.clock.now() - Number(task?.startedAt) * 1000 > 90_000)
})

test('an invalid fault of tasks is rejected with the reason', () => {
  const faults = createTaskFaults()
  const add = (fault: unknown) => faults.add(fault)
  assert.throws(() => add({ kind: 'slow' }), /kind is "slow"; it must be one of slow start, crash/)
  assert.throws(() => add({ kind: 'crash loop', exitCode: 256 }), /exitCode is 256; .* 0 to 255/)
  assert.throws(
    () => add({ kind: 'crash loop', wait: 1 }),
    /Unknown field of a fault of tasks: wait\. Its fields are kind,/,
  )
  assert.throws(() => add({ kind: 'slow start', count: 0 }), /count is 0; it must be 1 or more/)
  assert.throws(() => add([]), /must be a JSON object/)
})
