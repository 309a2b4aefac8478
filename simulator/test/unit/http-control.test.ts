import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { manualClock } from '../../clock/index.ts'
import { scriptedRuntime } from '../../runtime/scripted.ts'
import { ecsOperations } from '../../ecs/index.ts'
import { startSimulator } from '../../start.ts'
import { callFor, first } from './service-simulation.ts'

/**
 * A simulator whose cluster `mailman` runs one task of service `api`, and its control interface.
 */
async function start() {
  const clock = manualClock()
  const runtime = scriptedRuntime({ clock, behave: () => ({}) })
  const simulator = await startSimulator({ clock, runtime })
  const ecs = new ECSClient({
    endpoint: simulator.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  })
  await ecs.send(new CreateClusterCommand({ clusterName: 'mailman' }))
  const register = () =>
    ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'api',
        containerDefinitions: [{ name: 'api', image: 'api:1' }],
      }),
    )
  await register()
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'mailman',
      serviceName: 'api',
      taskDefinition: 'api',
      desiredCount: 1,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    }),
  )
  await clock.advance(120_000)
  const control = async (method: string, path: string, body?: object) => {
    const init = { method, ...(body && { body: JSON.stringify(body) }) }
    const response = await fetch(`${simulator.url}/_simulator/${path}`, init)
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  return {
    simulator,
    clock,
    register,
    control,
    async service() {
      const of = { cluster: 'mailman', services: ['api'] }
      return first((await ecs.send(new DescribeServicesCommand(of))).services)
    },
    async newest() {
      const of = { cluster: 'mailman', service: 'api' }
      const { serviceDeployments } = await ecs.send(new ListServiceDeploymentsCommand(of))
      const arn = first(serviceDeployments).serviceDeploymentArn ?? ''
      const described = await ecs.send(
        new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }),
      )
      return first(described.serviceDeployments)
    },
    [Symbol.asyncDispose]: () => simulator.close(),
  }
}

test('an alarm is set to ALARM and OK, and capacity is removed and restored', async () => {
  await using fixture = await start()
  const { control } = fixture
  const { state } = fixture.simulator.engine

  assert.equal((await control('PUT', 'alarms/too%20slow', { state: 'ALARM' })).status, 200)
  assert.deepEqual({ ...state.alarms }, { 'too slow': 'ALARM' })
  assert.equal((await control('PUT', 'alarms/too%20slow', { state: 'LOUD' })).status, 400)
  assert.equal((await control('DELETE', 'alarms')).status, 200)
  assert.deepEqual({ ...state.alarms }, { 'too slow': 'OK' })

  const reason = 'No Container Instances were found in your cluster.'
  assert.equal((await control('PUT', 'capacity', { outOf: reason })).status, 200)
  await control('POST', 'deployments', { cluster: 'mailman', service: 'api' })
  await fixture.clock.advance(120_000)
  const { events } = await fixture.service()
  assert.equal(events?.[0]?.message, `(service api) was unable to place a task. Reason: ${reason}`)
  assert.equal((await control('DELETE', 'capacity')).status, 200)
  await fixture.clock.advance(120_000)
  assert.equal((await fixture.newest()).status, 'SUCCESSFUL')
})

test('others deploy again, with another revision or count, and their deployment can be rolled back', async () => {
  await using fixture = await start()
  const { control } = fixture
  const forced = await control('POST', 'deployments', { cluster: 'mailman', service: 'api' })
  assert.equal(forced.status, 200)
  const primary = first((await fixture.service()).deployments)
  assert.equal(primary.id, forced.body['deployment'])
  assert.equal((await fixture.newest()).serviceDeploymentArn, forced.body['serviceDeployment'])
  await fixture.clock.advance(120_000)

  await fixture.register()
  const of = { cluster: 'mailman', service: 'api' }
  await control('POST', 'deployments', { ...of, taskDefinition: 'api:2' })
  assert.match((await fixture.service()).taskDefinition ?? '', /:2$/)
  assert.equal((await control('DELETE', 'deployments/mailman/api')).status, 200)
  await fixture.clock.advance(300_000)
  assert.match((await fixture.service()).taskDefinition ?? '', /:1$/)
  assert.equal((await fixture.newest()).status, 'ROLLBACK_SUCCESSFUL')

  const { id } = first((await fixture.service()).deployments)
  await control('POST', 'deployments', { ...of, desiredCount: 2 })
  const scaled = await fixture.service()
  assert.deepEqual([scaled.desiredCount, scaled.deployments?.[0]?.id], [2, id])
})

test("the answers of hooks' functions are set, listed and removed", async () => {
  await using fixture = await start()
  const { control } = fixture
  const { state } = fixture.simulator.engine
  const busy = { hookStatus: 'IN_PROGRESS', callBackDelay: 5 }
  assert.equal((await control('PUT', 'hooks/check', busy)).status, 200)
  const lifecycleHooks = [
    {
      hookTargetArn: 'arn:aws:lambda:::function:check',
      roleArn: 'r',
      lifecycleStages: ['PRE_SCALE_UP'],
    },
  ]
  ecsOperations(fixture.simulator.engine)['UpdateService']?.(
    callFor('UpdateService', {
      cluster: 'mailman',
      service: 'api',
      forceNewDeployment: true,
      deploymentConfiguration: { strategy: 'BLUE_GREEN', lifecycleHooks },
    }),
  )
  await fixture.clock.advance(60_000)
  const { body } = await control('GET', 'hooks')
  assert.deepEqual(body['answers'], { check: busy })
  const [hook, ...more] = body['hooks'] as Record<string, string>[]
  assert.deepEqual(
    [hook?.['stage'], hook?.['type'], hook?.['status']],
    ['PRE_SCALE_UP', 'AWS_LAMBDA', 'IN_PROGRESS'],
  )
  assert.equal(more.length, 0)

  for (const wrong of [{ hookStatus: 'MAYBE' }, {}, { ...busy, callBackDelay: 0 }]) {
    const refused = await control('PUT', 'hooks/check', wrong)
    assert.equal(refused.status, 400)
    assert.match(String(refused.body['error']), /PUT hooks\/<function>/)
  }
  assert.equal((await control('DELETE', 'hooks/check')).status, 200)
  assert.deepEqual({ ...state.hookAnswers }, {})
  await fixture.clock.advance(120_000)
  assert.equal((await fixture.newest()).status, 'SUCCESSFUL')
  assert.deepEqual((await control('GET', 'hooks')).body, { answers: {}, hooks: [] })
})

test('an impossible deployment or rollback is rejected with the reason', async () => {
  await using fixture = await start()
  const { control } = fixture
  const refused = async (method: string, path: string, body?: object) => {
    const answer = await control(method, path, body)
    assert.equal(answer.status, 400)
    return String(answer.body['error'])
  }
  assert.match(
    await refused('POST', 'deployments', {}),
    /service is missing.*POST deployments and \{"cluster"/,
  )
  assert.match(
    await refused('POST', 'deployments', { image: 'x' }),
    /Unknown field of a deployment: image\./,
  )
  const of = { cluster: 'mailman', service: 'worker' }
  assert.equal(await refused('POST', 'deployments', of), 'Service not found.')
  assert.match(
    await refused('DELETE', 'deployments/mailman/api'),
    /Service api in cluster mailman has no deployment in progress/,
  )
  assert.match(await refused('DELETE', 'deployments'), /DELETE deployments\/<cluster>\/<service>/)
})

test('faults of tasks are added, listed with their number of hits, and lifted', async () => {
  await using fixture = await start()
  const { control } = fixture
  const added = await control('POST', 'tasks', { service: 'api', kind: 'crash loop' })
  assert.equal(added.status, 200)
  await control('POST', 'deployments', { cluster: 'mailman', service: 'api' })
  await fixture.clock.advance(300_000)
  assert.equal((await fixture.newest()).deploymentCircuitBreaker?.status, 'TRIGGERED')
  const { faults } = (await control('GET', 'tasks')).body as { faults: { hit: number }[] }
  // The three of the circuit breaker, and those of the rollback, which is of the same service.
  assert.ok(first(faults).hit > 3)

  assert.equal((await control('DELETE', `tasks/${String(added.body['id'])}`)).status, 200)
  await fixture.clock.advance(600_000)
  assert.equal((await fixture.service()).runningCount, 1)
  assert.deepEqual((await control('GET', 'state')).body['taskFaults'], [])
  assert.equal((await control('DELETE', 'tasks/gone')).status, 400)
  assert.equal((await control('POST', 'tasks', { kind: 'mood' })).status, 400)
})

test('a Spot interruption stops a task, which is replaced and does not count as a failure', async () => {
  await using fixture = await start()
  const { status, body } = await fixture.control('POST', 'interruptions', { service: 'api' })
  assert.equal(status, 200)
  const [id = ''] = body['tasks'] as string[]
  await fixture.clock.advance(120_000)
  const { state } = fixture.simulator.engine
  assert.equal(state.tasks[id]?.stopCode, 'SpotInterruption')
  const service = await fixture.service()
  assert.deepEqual([service.runningCount, service.deployments?.[0]?.failedTasks], [1, 0])
  assert.equal((await fixture.control('POST', 'interruptions', { service: 'gone' })).status, 400)
})
