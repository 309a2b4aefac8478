import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulateCluster } from './service-simulation.ts'

const containers = [{ name: 'api', image: 'registry/api:1', portMappings: [{ containerPort: 80 }] }]

test('revisions of a family are numbered, and found by family, revision or ARN', () => {
  const { call, register } = simulateCluster()
  const [one, two] = [register('a'), register('b')]
  const describe = (taskDefinition: string): unknown =>
    (
      call('DescribeTaskDefinition', { taskDefinition })['taskDefinition'] as {
        taskDefinitionArn: string
      }
    ).taskDefinitionArn
  assert.deepEqual([describe('api'), describe('api:1'), describe(one)], [two, one, one])
  call('DeregisterTaskDefinition', { taskDefinition: two })
  assert.equal(describe('api'), one)
  assert.equal(register('c'), one.replace(/1$/, '3'))
  assert.throws(() => describe('worker'), {
    code: 'ClientException',
    message: 'Unable to describe task definition.',
  })
})

test("a task definition is returned as registered, with ECS's defaults", () => {
  const { call } = simulateCluster()
  const registered = call('RegisterTaskDefinition', {
    family: 'api',
    networkMode: 'awsvpc',
    cpu: '256',
    taskRoleArn: 'arn:aws:iam::000000000000:role/api',
    containerDefinitions: containers,
    tags: [{ key: 'commit', value: 'abc' }],
  })
  const described = call('DescribeTaskDefinition', { taskDefinition: 'api', include: ['TAGS'] })
  assert.deepEqual(described, registered)
  const { taskDefinition, tags } = described as {
    taskDefinition: Record<string, unknown>
    tags: unknown
  }
  assert.deepEqual(tags, [{ key: 'commit', value: 'abc' }])
  assert.deepEqual(
    [taskDefinition['cpu'], taskDefinition['status'], taskDefinition['taskRoleArn']],
    ['256', 'ACTIVE', 'arn:aws:iam::000000000000:role/api'],
  )
  assert.deepEqual(taskDefinition['containerDefinitions'], [
    {
      name: 'api',
      image: 'registry/api:1',
      cpu: 0,
      essential: true,
      environment: [],
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      portMappings: [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }],
    },
  ])
})

test('task definitions are listed by family and status, in either order, page by page', () => {
  const { call, register } = simulateCluster()
  const arns = ['a', 'b', 'c'].map(register)
  call('RegisterTaskDefinition', { family: 'api-jobs', containerDefinitions: containers })
  const list = (input: object): unknown => call('ListTaskDefinitions', input)['taskDefinitionArns']
  assert.deepEqual(list({ familyPrefix: 'api' }), arns)
  assert.deepEqual(list({ familyPrefix: 'api', sort: 'DESC' }), arns.toReversed())
  call('DeregisterTaskDefinition', { taskDefinition: 'api:2' })
  assert.deepEqual(list({ familyPrefix: 'api', status: 'INACTIVE' }), [arns[1]])
  const { nextToken } = call('ListTaskDefinitions', { familyPrefix: 'api', maxResults: 1 })
  assert.deepEqual(list({ familyPrefix: 'api', maxResults: 1, nextToken }), [arns[2]])
  assert.deepEqual(call('ListTaskDefinitionFamilies', { familyPrefix: 'api' }), {
    families: ['api', 'api-jobs'],
  })
})

test('a task definition from which no task could start is rejected', () => {
  const { call } = simulateCluster()
  const bad = [
    { family: 'a b', containerDefinitions: containers },
    { family: 'api', containerDefinitions: [] },
    { family: 'api', containerDefinitions: [{ name: 'api' }] },
    { family: 'api', containerDefinitions: [{ image: 'a' }] },
    { family: 'api', containerDefinitions: [{ name: 'api', image: 'a', essential: false }] },
  ]
  for (const input of bad) {
    assert.throws(() => call('RegisterTaskDefinition', input), { code: 'ClientException' })
  }
})
