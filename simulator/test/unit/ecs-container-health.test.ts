import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  anonymous,
  first,
  simulateService,
  type ServiceSimulation,
  type SimulationOptions,
} from './service-simulation.ts'

/** Deploys a task whose container has its own health check, every 10 seconds. */
const checked = (options: SimulationOptions = {}) =>
  simulateService({ desiredCount: 1, loadBalancer: false, ...options })

function deployChecked({ call }: ServiceSimulation, healthCheck: object = {}): void {
  const command = ['CMD-SHELL', 'wget -q -O /dev/null http://localhost:8080/health']
  call('RegisterTaskDefinition', {
    family: 'api',
    containerDefinitions: [
      { name: 'api', image: 'api:2', healthCheck: { command, interval: 10, ...healthCheck } },
    ],
  })
  call('UpdateService', { cluster: 'mailman', service: 'api', taskDefinition: 'api' })
}

test('a task counts as healthy only once its container has passed its own health check', async () => {
  const made = await checked({ behave: () => ({ check: (ran) => ran > 60_000 }) })
  deployChecked(made, { retries: 10 })
  const health = () => made.tasks().at(-1)?.healthStatus
  await made.clock.advance(60_000)
  assert.equal(health(), 'UNKNOWN')
  assert.equal(made.primary().rolloutState, 'IN_PROGRESS')
  assert.equal(await made.settle(), true)
  assert.equal(health(), 'HEALTHY')
  assert.equal(first(made.tasks().at(-1)?.containers).healthStatus, 'HEALTHY')
  assert.equal(first(made.serviceDeployments()).status, 'SUCCESSFUL')
})

test("containers that fail their health checks trip the breaker, with ECS's messages", async () => {
  const made = await checked({ behave: (revision) => ({ check: () => revision !== 2 }) })
  deployChecked(made)
  assert.equal(await made.settle(), true)
  assert.equal(first(made.serviceDeployments()).status, 'ROLLBACK_SUCCESSFUL')
  const told = anonymous(made.events()).filter((event) => event.includes('health checks'))
  assert.deepEqual(told, Array(3).fill('(task T) failed container health checks.'))
  const unhealthy = made.tasks().filter(({ stoppedReason }) => /health/.test(stoppedReason ?? ''))
  assert.equal(first(unhealthy).stoppedReason, 'Task failed container health checks')
  assert.equal(first(unhealthy).stopCode, 'ServiceSchedulerInitiated')
})

test('failures in the start period do not count', async () => {
  const made = await checked({ behave: () => ({ check: (ran) => ran > 120_000 }) })
  deployChecked(made, { startPeriod: 150 })
  assert.equal(await made.settle(), true)
  assert.equal(first(made.serviceDeployments()).status, 'SUCCESSFUL')
})
