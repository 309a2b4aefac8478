import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setAlarm } from '../../ecs/index.ts'
import { first, simulateService } from './service-simulation.ts'

const watching = (rollback: boolean): object => ({
  alarms: { alarmNames: ['errors', 'latency'], enable: true, rollback },
})

test('an alarm during a deployment fails it and rolls it back', async () => {
  const { deploy, clock, engine, primary, events, settle, serviceDeployments } =
    await simulateService({
      deploymentConfiguration: watching(true),
    })
  const good = primary()
  const bad = deploy('registry/api:2')
  await clock.advance(30_000)
  setAlarm(engine, 'latency', 'ALARM')
  await clock.advance(1000)
  const record = first(serviceDeployments())
  assert.equal(record.status, 'ROLLBACK_IN_PROGRESS')
  assert.deepEqual(record.alarms, {
    status: 'TRIGGERED',
    alarmNames: ['errors', 'latency'],
    triggeredAlarmNames: ['latency'],
  })
  assert.ok(events().includes(`(deployment ${bad.id}) deployment failed: alarm detected.`))
  assert.equal(await settle(), true)
  assert.equal(first(serviceDeployments()).status, 'ROLLBACK_SUCCESSFUL')
  assert.equal(primary().taskDefinition, good.taskDefinition)
})

test('a deployment that watches alarms completes only after its bake time', async () => {
  const { deploy, clock, engine, primary, service, serviceDeployments } = await simulateService({
    deploymentConfiguration: watching(false),
  })
  const { id } = deploy('registry/api:2')
  await clock.advance(200_000)
  assert.equal(service().deployments?.length, 1)
  assert.equal(primary().rolloutState, 'IN_PROGRESS')
  setAlarm(engine, 'errors', 'ALARM')
  await clock.advance(1000)
  assert.deepEqual([primary().id, primary().rolloutState], [id, 'FAILED'])
  assert.equal(first(serviceDeployments()).status, 'STOPPED')
  assert.equal(service().runningCount, 2)
})

test('alarms that were in ALARM before, or only after, the deployment change nothing', async () => {
  const { deploy, engine, settle, clock, primary, serviceDeployments } = await simulateService({
    deploymentConfiguration: watching(true),
  })
  setAlarm(engine, 'errors', 'ALARM')
  await clock.advance(10_000)
  assert.equal(first(serviceDeployments()).status, 'SUCCESSFUL')
  const { id } = deploy('registry/api:2')
  assert.equal(first(serviceDeployments()).alarms?.status, 'DISABLED')
  assert.equal(await settle(), true)
  assert.deepEqual([primary().id, primary().rolloutState], [id, 'COMPLETED'])
})
