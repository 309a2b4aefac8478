import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DescribeClustersCommand, ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs'
import {
  DescribeTargetHealthCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError, type Call, type Operations } from '../../http/types.ts'
import { testEndpoint } from './http-endpoint.ts'

function fail(code: string): () => never {
  return () => {
    throw new AwsError(code, 'It is "not" <there>.', 400)
  }
}

const date = new Date('2026-03-01T12:00:00.250Z')

test('a JSON call reaches its operation with input, region and access key, and returns dates', async () => {
  let seen: Call | undefined
  const ECS: Operations = {
    DescribeClusters(call) {
      seen = call
      return { clusters: [{ clusterName: 'mailman', statistics: [] }], failures: [], at: date }
    },
  }
  await using endpoint = await testEndpoint({ ECS })
  const client = new ECSClient(endpoint.client('AKIAMINE'))

  const answer = await client.send(new DescribeClustersCommand({ clusters: ['mailman'] }))

  assert.equal(answer.clusters?.[0]?.clusterName, 'mailman')
  assert.match(answer.$metadata.requestId ?? '', /^[0-9a-f-]{36}$/)
  assert.deepEqual(seen, {
    service: 'ECS',
    operation: 'DescribeClusters',
    input: { clusters: ['mailman'] },
    region: 'eu-west-1',
    accessKeyId: 'AKIAMINE',
  })
})

test('a JSON answer writes a date as seconds since the epoch', async () => {
  await using endpoint = await testEndpoint({ ECS: { ListTasks: () => ({ at: [date] }) } })

  const answer = await fetch(endpoint.url, {
    method: 'POST',
    headers: {
      'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListTasks',
      'content-type': 'application/x-amz-json-1.1',
    },
    body: '{}',
  })

  assert.equal(await answer.text(), '{"at":[1772366400.25]}')
  assert.equal(answer.headers.get('content-type'), 'application/x-amz-json-1.1')
})

test('a query call gets its lists as arrays, and its answer is XML that the SDK reads', async () => {
  let seen: unknown
  const ELBv2: Operations = {
    DescribeTargetHealth({ input }) {
      seen = input
      return {
        TargetHealthDescriptions: [
          {
            Target: { Id: '10.0.0.1', Port: 8080 },
            TargetHealth: { State: 'unhealthy', Description: 'codes: [404] & <more>\r\u0000' },
          },
        ],
      }
    },
  }
  await using endpoint = await testEndpoint({ ELBv2 })
  const client = new ElasticLoadBalancingV2Client(endpoint.client())

  const answer = await client.send(
    new DescribeTargetHealthCommand({
      TargetGroupArn: 'arn:1',
      Targets: [{ Id: '10.0.0.1', Port: 8080 }, { Id: '10.0.0.2' }],
    }),
  )

  assert.deepEqual(seen, {
    TargetGroupArn: 'arn:1',
    Targets: [{ Id: '10.0.0.1', Port: '8080' }, { Id: '10.0.0.2' }],
  })
  assert.deepEqual(answer.TargetHealthDescriptions, [
    {
      Target: { Id: '10.0.0.1', Port: 8080 },
      TargetHealth: { State: 'unhealthy', Description: 'codes: [404] & <more>\r\ufffd' },
    },
  ])
})

test('an empty list in a query answer is an empty list for the SDK', async () => {
  await using endpoint = await testEndpoint({
    ELBv2: { DescribeTargetGroups: () => ({ TargetGroups: [] }) },
  })
  const client = new ElasticLoadBalancingV2Client(endpoint.client())

  const answer = await client.send(new DescribeTargetGroupsCommand({}))

  assert.deepEqual(answer.TargetGroups, [])
})

test('an error keeps its name, message and status through both protocols', async () => {
  await using endpoint = await testEndpoint({
    ECS: { DescribeClusters: fail('ClusterNotFoundException') },
    ELBv2: { DescribeTargetHealth: fail('TargetGroupNotFound') },
  })
  const ecs = new ECSClient(endpoint.client())
  const elb = new ElasticLoadBalancingV2Client(endpoint.client())

  await assert.rejects(ecs.send(new DescribeClustersCommand({})), {
    name: 'ClusterNotFoundException',
    message: 'It is "not" <there>.',
  })
  await assert.rejects(elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: 'arn:1' })), {
    name: 'TargetGroupNotFoundException',
    message: 'It is "not" <there>.',
  })
})

test('an operation that is not modelled answers an error of its protocol, never a success', async () => {
  await using endpoint = await testEndpoint({ ECS: {}, ELBv2: {}, Logs: {} })
  const ecs = new ECSClient(endpoint.client())
  const elb = new ElasticLoadBalancingV2Client(endpoint.client())
  const logs = new CloudWatchLogsClient(endpoint.client())

  await assert.rejects(ecs.send(new ListTasksCommand({})), {
    name: 'UnknownOperationException',
    message: /does not model ECS ListTasks/,
  })
  await assert.rejects(elb.send(new DescribeTargetGroupsCommand({})), { name: 'InvalidAction' })
  await assert.rejects(
    logs.send(new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's' })),
    { name: 'UnknownOperationException' },
  )
})

test('properties of every JavaScript object are not operations', async () => {
  await using endpoint = await testEndpoint({ ECS: {} })

  const answer = await fetch(endpoint.url, {
    method: 'POST',
    headers: { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.toString' },
    body: '{}',
  })

  assert.equal(answer.headers.get('x-amzn-errortype'), 'UnknownOperationException')
})

test('a body that is not JSON is answered with SerializationException', async () => {
  await using endpoint = await testEndpoint({ ECS: {} })

  const answer = await fetch(endpoint.url, {
    method: 'POST',
    headers: { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListTasks' },
    body: '{"cluster":',
  })

  assert.equal(answer.status, 400)
  assert.match(await answer.text(), /"__type":"SerializationException"/)
})

test('CBOR clients of CloudWatch get an error that they can read', async () => {
  await using endpoint = await testEndpoint({})

  const answer = await fetch(
    `${endpoint.url}/service/GraniteServiceVersion20100801/operation/DescribeAlarms`,
    { method: 'POST', headers: { 'smithy-protocol': 'rpc-v2-cbor' } },
  )

  const body = Buffer.from(await answer.arrayBuffer())
  assert.equal(answer.status, 400)
  assert.equal(answer.headers.get('smithy-protocol'), 'rpc-v2-cbor')
  assert.equal(body[0], 0xa2)
  assert.match(body.toString('latin1'), /UnknownOperationException.*CloudWatch DescribeAlarms/s)
})

test('a bug in the simulator is a 500 whose message says so', async (context) => {
  context.mock.method(console, 'error', () => undefined)
  await using endpoint = await testEndpoint({
    ECS: {
      DescribeClusters() {
        throw new TypeError('a bug')
      },
    },
  })
  const client = new ECSClient(endpoint.client())

  await assert.rejects(client.send(new DescribeClustersCommand({})), {
    name: 'InternalFailure',
    message: /The simulator failed: TypeError: a bug/,
  })
})

test('the access keys EXPIRED and DENIED are rejected, with the errors of each protocol', async () => {
  const services = {
    ECS: { ListTasks: () => ({ taskArns: [] }) },
    ELBv2: { DescribeTargetGroups: () => ({}) },
  }
  await using endpoint = await testEndpoint(services)
  const ecs = (key: string) =>
    new ECSClient(endpoint.client(key)).send(new ListTasksCommand({ cluster: 'c' }))
  const elb = (key: string) =>
    new ElasticLoadBalancingV2Client(endpoint.client(key)).send(new DescribeTargetGroupsCommand({}))

  await assert.rejects(ecs('EXPIRED'), { name: 'ExpiredTokenException' })
  await assert.rejects(ecs('DENIED'), { name: 'AccessDeniedException', message: /ecs:ListTasks/ })
  await assert.rejects(elb('EXPIRED'), { name: 'ExpiredToken' })
  await assert.rejects(elb('DENIED'), {
    name: 'AccessDenied',
    message: /elasticloadbalancing:DescribeTargetGroups/,
  })
  assert.deepEqual((await ecs('AKIAGOOD')).taskArns, [])
})
