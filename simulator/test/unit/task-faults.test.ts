import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTaskFaults } from '../../runtime/task-faults.ts'
import { first, stage, type Stage } from './stage.ts'

/** A service of one task behind a target group, whose tasks can be given faults. */
async function faultyStage(service: object = {}) {
  const faults = createTaskFaults()
  const made = await stage({ desiredCount: 1, faults, service })
  return { ...made, faults }
}

const statuses = ({ tasks }: Stage) => tasks().map(({ lastStatus }) => lastStatus)

test('a slow start keeps a task pending for longer, on top of what it takes', async () => {
  const made = await faultyStage()
  made.faults.add({ kind: 'slow start', service: 'api', delayMs: 600_000 })
  made.deploy('registry/api:2')
  await made.clock.advance(600_000)
  assert.deepEqual(statuses(made), ['RUNNING', 'PENDING'])
  assert.equal(await made.settle(), true)
  assert.equal(first(made.serviceDeployments()).status, 'SUCCESSFUL')
})

test('a slow start ends when it is lifted, and a task that is held can be stopped', async () => {
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

test('a crash loop of one revision trips the breaker, and what it goes back to runs well', async () => {
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

test('failing health reaches tasks that run already, and heals when it is lifted', async () => {
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

test('failing health has its time: a service that answers late, within its grace, gets there', async () => {
  const made = await faultyStage({ healthCheckGracePeriodSeconds: 120 })
  made.faults.add({ kind: 'failing health', taskDefinition: 'api:2', forMs: 90_000 })
  made.deploy('registry/api:2')
  assert.equal(await made.settle(), true)
  assert.equal(first(made.serviceDeployments()).status, 'SUCCESSFUL')
  const [, task] = made.tasks()
  assert.ok(made.clock.now() - Number(task?.startedAt) * 1000 > 90_000)
})

test('what makes no sense as a fault of tasks is refused in a sentence', () => {
  const faults = createTaskFaults()
  const add = (fault: unknown) => faults.add(fault)
  assert.throws(() => add({ kind: 'slow' }), /kind is "slow"; it must be one of slow start, crash/)
  assert.throws(() => add({ kind: 'crash loop', exitCode: 256 }), /exitCode is 256; .* 0 to 255/)
  assert.throws(() => add({ kind: 'crash loop', wait: 1 }), /has no field wait; it has kind,/)
  assert.throws(() => add({ kind: 'slow start', count: 0 }), /count is 0; it must be 1 or more/)
  assert.throws(() => add([]), /is a JSON object/)
})
