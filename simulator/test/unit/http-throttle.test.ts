import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { manualClock } from '../../clock/index.ts'
import { createThrottle } from '../../http/throttle.ts'
import { testEndpoint } from './http-endpoint.ts'

/** How many consecutive calls pass before one is throttled. */
function burst(throttle: ReturnType<typeof createThrottle>, operation: string): number {
  for (let calls = 0; ; calls += 1) {
    try {
      throttle.take('ECS', operation)
    } catch {
      return calls
    }
  }
}

test('a bucket allows its burst, then refills at its rate up to its burst', async () => {
  const clock = manualClock()
  const throttle = createThrottle('aws', clock)
  assert.equal(burst(throttle, 'DescribeServices'), 100)
  await clock.advance(1_000)
  assert.equal(burst(throttle, 'DescribeServices'), 20)
  await clock.advance(3_600_000)
  assert.equal(burst(throttle, 'DescribeServices'), 100)
})

test('operations of one group share a bucket, and other groups have their own', () => {
  const throttle = createThrottle('aws', manualClock())
  assert.equal(burst(throttle, 'ListTasks'), 100)
  assert.equal(burst(throttle, 'DescribeTasks'), 0)
  assert.equal(burst(throttle, 'DescribeServiceDeployments'), 50)
  assert.deepEqual(throttle.throttled(), {
    'ECS:DescribeServiceDeployments': 1,
    'ECS:DescribeTasks': 1,
    'ECS:ListTasks': 1,
  })
})

test('operations without a bucket on AWS, and all operations with `off`, are never throttled', () => {
  const aws = createThrottle('aws', manualClock())
  for (let calls = 0; calls < 1_000; calls += 1) aws.take('ECS', 'ListClusters')
  const off = createThrottle('off', manualClock())
  for (let calls = 0; calls < 1_000; calls += 1) off.take('ECS', 'UpdateService')
  assert.deepEqual({ ...aws.throttled(), ...off.throttled() }, {})
})

test('a throttled call is a ThrottlingException for an SDK, and does not act', async () => {
  let updates = 0
  await using endpoint = await testEndpoint(
    {
      ECS: {
        DescribeServices: () => ({ services: [] }),
        UpdateService() {
          updates += 1
          return { service: {} }
        },
      },
      ELBv2: { DescribeTargetHealth: () => ({ TargetHealthDescriptions: [] }) },
    },
    { throttle: 'aws', clock: manualClock() },
  )
  const ecs = new ECSClient(endpoint.client())
  const elb = new ElasticLoadBalancingV2Client(endpoint.client())
  const update = () => ecs.send(new UpdateServiceCommand({ service: 'api' }))
  for (let calls = 0; calls < 50; calls += 1) await update()
  await assert.rejects(update(), { name: 'ThrottlingException', message: 'Rate exceeded' })
  assert.equal(updates, 50)
  await ecs.send(new DescribeServicesCommand({ services: ['api'] }))
  const health = () => elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: 'arn' }))
  for (let calls = 0; calls < 40; calls += 1) await health()
  await assert.rejects(health(), { name: 'Throttling', message: 'Rate exceeded' })
  const state = (await (await fetch(`${endpoint.url}/_simulator/state`)).json()) as object
  assert.deepEqual('throttled' in state && state.throttled, {
    'ECS:UpdateService': 1,
    'ELBv2:DescribeTargetHealth': 1,
  })
})
