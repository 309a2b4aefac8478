import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  callFor,
  simulateCluster,
  first,
  newEngine,
  simulateService,
} from './service-simulation.ts'

const cluster = 'mailman'

test("an unknown resource answers with ECS's error or failure", async () => {
  const { call, service } = await simulateService()
  const missing = service().serviceArn?.replace('/api', '/worker')
  assert.deepEqual(call('DescribeServices', { cluster, services: ['worker'] }), {
    services: [],
    failures: [{ arn: missing, reason: 'MISSING' }],
  })
  const errors = [
    ['DescribeServices', { cluster: 'other', services: ['api'] }, 'ClusterNotFoundException'],
    ['DescribeServices', { cluster, services: [] }, 'InvalidParameterException'],
    ['DescribeServices', { cluster, services: Array(11).fill('api') }, 'InvalidParameterException'],
    ['UpdateService', { cluster, service: 'worker' }, 'ServiceNotFoundException'],
    ['UpdateService', { cluster, service: 'api', taskDefinition: 'nope' }, 'ClientException'],
    ['UpdateService', { cluster, service: 'api', taskDefinition: 'api:9' }, 'ClientException'],
    ['UpdateService', { cluster, service: 'api', desiredCount: '2' }, 'SerializationException'],
    ['UpdateService', { cluster, service: 'api', desiredCount: -1 }, 'InvalidParameterException'],
    ['ListServiceDeployments', { cluster, service: 'worker' }, 'ServiceNotFoundException'],
    ['DescribeServiceDeployments', { serviceDeploymentArns: [] }, 'InvalidParameterException'],
    ['StopTask', { cluster, task: 'none' }, 'InvalidParameterException'],
    ['DeleteCluster', { cluster }, 'ClusterContainsServicesException'],
    ['DeleteService', { cluster, service: 'api' }, 'InvalidParameterException'],
  ] as const
  for (const [operation, input, code] of errors) {
    assert.throws(() => call(operation, input), { code }, `${operation} ${JSON.stringify(input)}`)
  }
})

test('names of properties that every object has are names like any other', () => {
  const { call } = simulateCluster()
  for (const name of ['constructor', '__proto__']) {
    assert.throws(() => call('DescribeTaskDefinition', { taskDefinition: name }), {
      code: 'ClientException',
    })
    assert.throws(() => call('ListServices', { cluster: name }), {
      code: 'ClusterNotFoundException',
    })
    call('RegisterTaskDefinition', {
      family: name,
      containerDefinitions: [{ name, image: 'registry/api:1' }],
    })
    assert.deepEqual(call('ListTaskDefinitions', { familyPrefix: name })['taskDefinitionArns'], [
      `arn:aws:ecs:us-east-1:000000000000:task-definition/${name}:1`,
    ])
  }
})

test('fields that are not modelled are rejected, not ignored', async () => {
  const { call } = await simulateService()
  const refused = [
    { deploymentConfiguration: { bakeTimeInMinutes: 5 } },
    {
      deploymentConfiguration: {
        lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP'] }],
      },
    },
    { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] },
    { serviceConnectConfiguration: { enabled: true } },
  ]
  for (const changes of refused) {
    assert.throws(() => call('UpdateService', { cluster, service: 'api', ...changes }), {
      code: 'UnsupportedFeatureException',
    })
  }
})

test('an inactive task definition cannot be given to a service, but keeps running', async () => {
  const { call, register, service, clock } = await simulateService()
  const arn = register('registry/api:2')
  call('DeregisterTaskDefinition', { taskDefinition: arn })
  assert.throws(() => call('UpdateService', { cluster, service: 'api', taskDefinition: arn }), {
    code: 'ClientException',
    message: 'TaskDefinition is inactive',
  })
  call('DeregisterTaskDefinition', { taskDefinition: service().taskDefinition })
  call('UpdateService', { cluster, service: 'api', desiredCount: 3 })
  await clock.advance(120_000)
  assert.equal(service().runningCount, 3)
})

test('an update that changes no task setting starts no deployment; a forced one does', async () => {
  const { call, primary, service } = await simulateService()
  const { id } = primary()
  for (const changes of [
    {},
    { taskDefinition: 'api:1' },
    { desiredCount: 2 },
    { deploymentConfiguration: { maximumPercent: 150 } },
    { healthCheckGracePeriodSeconds: 5 },
  ]) {
    call('UpdateService', { cluster, service: 'api', ...changes })
    assert.equal(primary().id, id)
  }
  assert.equal(service().deploymentConfiguration?.maximumPercent, 150)
  assert.equal(service().deploymentConfiguration?.deploymentCircuitBreaker?.enable, true)
  call('UpdateService', { cluster, service: 'api', forceNewDeployment: true })
  assert.notEqual(primary().id, id)
})

test('a deleted service drains, becomes inactive, and can no longer be updated', async () => {
  const { call, clock, service, targetGroup } = await simulateService()
  call('DeleteService', { cluster, service: 'api', force: true })
  assert.equal(service().status, 'DRAINING')
  assert.throws(() => call('UpdateService', { cluster, service: 'api' }), {
    code: 'ServiceNotActiveException',
    message: 'Service was not ACTIVE.',
  })
  assert.throws(() => call('DeleteTargetGroup', { TargetGroupArn: targetGroup }), {
    code: 'ResourceInUse',
  })
  assert.deepEqual(call('ListServiceDeployments', { cluster, service: 'api' }), {
    serviceDeployments: [],
  })
  await clock.advance(120_000)
  assert.equal(service().status, 'INACTIVE')
  assert.deepEqual(service().deployments, [])
  assert.deepEqual(call('ListServices', { cluster }), { serviceArns: [] })
  call('DeleteTargetGroup', { TargetGroupArn: targetGroup })
  call('DeleteCluster', { cluster })
  assert.throws(service, { code: 'ClusterNotFoundException' })
})

test('a service must use a container and a port of its task definition', () => {
  const { call, register, targetGroup } = simulateCluster()
  const create = (containerName: string, containerPort: number): unknown =>
    call('CreateService', {
      cluster,
      serviceName: 'api',
      taskDefinition: register('registry/api:1'),
      loadBalancers: [{ targetGroupArn: targetGroup, containerName, containerPort }],
    })
  assert.throws(() => create('web', 8080), {
    code: 'InvalidParameterException',
    message: 'The container web does not exist in the task definition.',
  })
  assert.throws(() => create('api', 80), {
    message: 'The container api did not have a container port 80 defined.',
  })
})

test('a service keeps its newest hundred events', async () => {
  const { clock, service } = await simulateService({
    behave: () => ({ exits: { afterMs: 100 } }),
    deploymentConfiguration: {},
  })
  await clock.advance(50 * 3_600_000)
  const { events = [] } = service()
  assert.equal(events.length, 100)
  assert.ok(Number(events[0]?.createdAt) >= Number(events[99]?.createdAt))
})

test('tags of a cluster, a service and a task definition can be listed, added and removed', async () => {
  const { call, service } = await simulateService({
    service: { tags: [{ key: 'team', value: 'post' }] },
  })
  const resourceArn = service().serviceArn
  call('TagResource', {
    resourceArn,
    tags: [
      { key: 'commit', value: 'abc' },
      { key: 'team', value: 'x' },
    ],
  })
  assert.deepEqual(call('ListTagsForResource', { resourceArn }), {
    tags: [
      { key: 'commit', value: 'abc' },
      { key: 'team', value: 'x' },
    ],
  })
  call('UntagResource', { resourceArn, tagKeys: ['team'] })
  assert.equal(service().tags, undefined)
  const { services } = call('DescribeServices', { cluster, services: ['api'], include: ['TAGS'] })
  assert.deepEqual(first(services as { tags: unknown }[]).tags, [{ key: 'commit', value: 'abc' }])
})

test("an engine's state survives JSON, and a new engine finishes what was in progress", async () => {
  const before = await simulateService()
  const { id } = before.deploy('registry/api:2')
  await before.clock.advance(10_000)
  const state = JSON.parse(JSON.stringify(before.engine.state)) as typeof before.engine.state
  const { clock, operations } = newEngine({ engine: { state } })
  await clock.advance(600_000)
  const described = operations['DescribeServices']?.(
    callFor('DescribeServices', { cluster, services: ['api'] }),
  ) as { services: ReturnType<typeof before.service>[] } | undefined
  const service = first(described?.services)
  assert.deepEqual(
    service.deployments?.map((deployment) => [deployment.id, deployment.rolloutState]),
    [[id, 'COMPLETED']],
  )
  assert.equal(service.runningCount, 2)
})

test('a service deployment is listed for 90 days', async () => {
  // No health checks: three months of them would take long even on a manual clock.
  const { call, clock, deploy, settle, serviceDeployments } = await simulateService({
    loadBalancer: false,
  })
  const [old] = serviceDeployments()
  await clock.advance(91 * 24 * 3_600_000)
  deploy('registry/api:2')
  await settle()
  assert.equal(serviceDeployments().length, 1)
  const arn = old?.serviceDeploymentArn
  const { failures } = call('DescribeServiceDeployments', { serviceDeploymentArns: [arn] })
  assert.deepEqual(failures, [{ arn, reason: 'MISSING' }])
})
