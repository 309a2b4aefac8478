import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import {
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { manualClock } from '../../clock/index.ts'
import { scriptedRuntime } from '../../runtime/scripted.ts'
import { type SimulatorOptions, startSimulator } from '../../start.ts'

async function start(options: Partial<SimulatorOptions> = {}) {
  const clock = manualClock()
  const runtime = scriptedRuntime({ clock, behave: () => ({ logs: ['one', 'two'] }) })
  const simulator = await startSimulator({ clock, runtime, ...options })
  const client = {
    endpoint: simulator.url,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  }
  return { simulator, clock, client, [Symbol.asyncDispose]: () => simulator.close() }
}

test('every service answers on one address', async () => {
  await using stage = await start({ account: '111122223333', region: 'eu-central-1' })

  const { cluster } = await new ECSClient(stage.client).send(
    new CreateClusterCommand({ clusterName: 'mailman' }),
  )
  const { repository } = await new ECRClient(stage.client).send(
    new CreateRepositoryCommand({ repositoryName: 'api' }),
  )
  const groups = await new ElasticLoadBalancingV2Client(stage.client).send(
    new DescribeTargetGroupsCommand({}),
  )
  const identity = await new STSClient(stage.client).send(new GetCallerIdentityCommand({}))

  assert.equal(cluster?.clusterArn, 'arn:aws:ecs:eu-central-1:111122223333:cluster/mailman')
  assert.equal(repository?.repositoryArn, 'arn:aws:ecr:eu-central-1:111122223333:repository/api')
  assert.deepEqual(groups.TargetGroups, [])
  assert.equal(identity.Account, '111122223333')
})

test('a service becomes stable, its times are dates, and its tasks have logs', async () => {
  await using stage = await start()
  const ecs = new ECSClient(stage.client)
  const options = { 'awslogs-group': '/mailman', 'awslogs-stream-prefix': 'p' }
  await ecs.send(new CreateClusterCommand({ clusterName: 'mailman' }))
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'api',
      containerDefinitions: [
        { name: 'web', image: 'api:1', logConfiguration: { logDriver: 'awslogs', options } },
      ],
    }),
  )
  const of = { cluster: 'mailman', serviceName: 'api' }
  await ecs.send(new CreateServiceCommand({ ...of, taskDefinition: 'api', desiredCount: 1 }))
  await stage.clock.advance(120_000)

  const { services } = await ecs.send(
    new DescribeServicesCommand({ cluster: 'mailman', services: ['api'] }),
  )
  assert.equal(services?.[0]?.deployments?.[0]?.rolloutState, 'COMPLETED')
  assert.ok(services[0].createdAt instanceof Date)
  assert.equal(services[0].createdAt.getUTCFullYear(), 2026)

  const { taskArns } = await ecs.send(new ListTasksCommand(of))
  const { events } = await new CloudWatchLogsClient(stage.client).send(
    new GetLogEventsCommand({
      logGroupName: '/mailman',
      logStreamName: `p/web/${taskArns?.[0]?.split('/').at(-1)}`,
    }),
  )
  assert.deepEqual(
    events?.map(({ message }) => message),
    ['one', 'two'],
  )
  const state = await (await fetch(`${stage.simulator.url}/_simulator/state`)).json()
  const { tasks } = state as { tasks: { lastStatus: string }[] }
  assert.deepEqual(
    tasks.map(({ lastStatus }) => lastStatus),
    ['RUNNING'],
  )
})

test('on a port that is taken nothing is started, and the message names the port', async () => {
  await using first = await start()
  const port = Number(new URL(first.simulator.url).port)
  let made = false
  const runtime = async () => {
    made = true
    return scriptedRuntime({ clock: manualClock(), behave: () => ({}) })
  }

  await assert.rejects(startSimulator({ port, runtime }), {
    message: new RegExp(`Port ${port} on 127.0.0.1, needed for the AWS endpoint, is taken`),
  })
  assert.equal(made, false)
})

test('if the runtime cannot start, its ports are free again', async () => {
  await using first = await start()
  const port = Number(new URL(first.simulator.url).port)
  await first.simulator.close()

  await assert.rejects(
    startSimulator({ port, runtime: () => Promise.reject(new Error('no engine')) }),
    { message: 'no engine' },
  )
  const again = await startSimulator({ port, runtime: first.simulator.engine.runtime })
  await again.close()
})
