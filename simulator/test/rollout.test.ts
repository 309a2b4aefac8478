import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type ServiceDeployment,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import {
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { openDockerFixture, serving, type DockerFixture } from './docker-fixture.ts'

/** Whole rollouts: SDK clients, engine, registry proxy, registry and real containers. */
let fixture: DockerFixture
let ecs: ECSClient
let elb: ElasticLoadBalancingV2Client
let logs: CloudWatchLogsClient
let targetGroupArn: string
const cluster = 'mailman'
const service = 'mailman-api'

before(async () => {
  fixture = await openDockerFixture()
  ecs = new ECSClient(fixture.client)
  elb = new ElasticLoadBalancingV2Client(fixture.client)
  logs = new CloudWatchLogsClient(fixture.client)
  await fixture.createRepository('api')
  await fixture.login()
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }))
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name: 'api',
      TargetType: 'ip',
      Protocol: 'HTTP',
      Port: 8080,
      VpcId: 'vpc-1',
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 2,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
    }),
  )
  targetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? ''
  // As on AWS, targets drain for five minutes by default.
  await elb.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: targetGroupArn,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '1' }],
    }),
  )
})

after(() => fixture.close())

async function register(image: string): Promise<string> {
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: service,
      containerDefinitions: [
        {
          name: 'api',
          image,
          essential: true,
          portMappings: [{ containerPort: 8080 }],
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': '/mailman',
              'awslogs-region': 'us-east-1',
              'awslogs-stream-prefix': 'api',
            },
          },
        },
      ],
    }),
  )
  return taskDefinition?.taskDefinitionArn ?? ''
}

/** Polls the newest service deployment until it has ended. */
async function end(): Promise<ServiceDeployment> {
  for (;;) {
    const { serviceDeployments } = await ecs.send(
      new ListServiceDeploymentsCommand({ cluster, service }),
    )
    const arn = serviceDeployments?.[0]?.serviceDeploymentArn ?? ''
    const described = await ecs.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }),
    )
    const [deployment] = described.serviceDeployments ?? []
    if (deployment?.finishedAt !== undefined) return deployment
    await new Promise((resolve) =>
      fixture.simulator.engine.clock.after(200, () => resolve(undefined)),
    )
  }
}

/** The digest and the answer of `/health` of every running task. */
async function whatRuns() {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName: service }))
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))
  return Promise.all(
    tasks.map(async ({ taskArn = '', containers }) => {
      const id = taskArn.slice(taskArn.lastIndexOf('/') + 1)
      const probe = await fixture.simulator.engine.runtime.probe(id, 8080, '/health', 2000)
      return { digest: containers?.[0]?.imageDigest, probe }
    }),
  )
}

test('a good image goes live, is healthy for the load balancer, and its log can be read', async () => {
  const digest = await fixture.push(await fixture.build('api:good', serving))
  await ecs.send(
    new CreateServiceCommand({
      cluster,
      serviceName: service,
      taskDefinition: await register(`${fixture.host}/api@${digest}`),
      desiredCount: 1,
      loadBalancers: [{ targetGroupArn, containerName: 'api', containerPort: 8080 }],
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    }),
  )

  const deployment = await end()

  assert.equal(deployment.status, 'SUCCESSFUL', deployment.statusReason)
  assert.deepEqual(await whatRuns(), [{ digest, probe: { kind: 'status', status: 200 } }])
  const { TargetHealthDescriptions } = await elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
  )
  assert.deepEqual(
    TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth?.State),
    ['healthy'],
  )

  const logGroupName = '/mailman'
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }))
  const logStreamName = logStreams?.[0]?.logStreamName
  assert.match(logStreamName ?? '', /^api\/api\/[0-9a-f]{32}$/)
  const { events } = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName }))
  assert.equal(events?.[0]?.message, 'api:good serves')
  const filtered = await logs.send(
    new FilterLogEventsCommand({ logGroupName, filterPattern: 'good "good serves"' }),
  )
  assert.equal(filtered.events?.length, 1)
})

test('a missing image is rolled back by the circuit breaker, and the good one still runs', async () => {
  const [good] = await whatRuns()
  await ecs.send(
    new UpdateServiceCommand({
      cluster,
      service,
      taskDefinition: await register(`${fixture.host}/api:missing`),
    }),
  )

  const deployment = await end()

  assert.equal(deployment.status, 'ROLLBACK_SUCCESSFUL', deployment.statusReason)
  assert.deepEqual(await whatRuns(), [good])
  const { taskArns } = await ecs.send(
    new ListTasksCommand({ cluster, serviceName: service, desiredStatus: 'STOPPED' }),
  )
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))
  assert.ok(tasks.some((each) => each.stoppedReason?.startsWith('CannotPullContainerError: ')))
})

test('a crash loop fault ends real containers, until it is lifted', async () => {
  const [good] = await whatRuns()
  const tasks = `${fixture.simulator.url}/_simulator/tasks`
  const fault = { service, kind: 'crash loop', afterMs: 100, exitCode: 42, count: 1 }
  const added = await fetch(tasks, { method: 'POST', body: JSON.stringify(fault) })
  assert.equal(added.status, 200)
  await ecs.send(new UpdateServiceCommand({ cluster, service, forceNewDeployment: true }))

  const deployment = await end()

  assert.equal(deployment.status, 'SUCCESSFUL', deployment.statusReason)
  assert.deepEqual(await whatRuns(), [good])
  const { taskArns } = await ecs.send(
    new ListTasksCommand({ cluster, serviceName: service, desiredStatus: 'STOPPED' }),
  )
  const described = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))
  const exits = described.tasks?.flatMap(({ containers = [] }) => containers[0]?.exitCode ?? [])
  assert.ok(exits?.includes(42), `exit codes ${exits?.join(', ')}`)
})
