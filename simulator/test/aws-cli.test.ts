import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { awsCli } from './aws-cli.ts'
import { openDockerFixture, type DockerFixture } from './docker-fixture.ts'

/** The commands of a typical deploy script. */
let fixture: DockerFixture
let aws: Awaited<ReturnType<typeof awsCli>>

before(async () => {
  fixture = await openDockerFixture()
  aws = await awsCli(fixture.simulator.url)
})

after(() => fixture.close())

test('docker logs in with ecr get-login-password, and pushes an image that ECR describes', async () => {
  await aws('ecr create-repository --repository-name worker')
  const uri = await aws('ecr describe-repositories --query repositories[0].repositoryUri')
  assert.equal(JSON.parse(uri), `${fixture.host}/worker`)

  const password = await aws('ecr get-login-password')
  const login = ['login', '--username', 'AWS', '--password-stdin', fixture.host]
  assert.match(await fixture.docker(login, password), /Login Succeeded/)

  const digest = await fixture.push(
    await fixture.build('worker:v1', 'echo at work; exec sleep 600'),
  )
  const described = await aws(
    'ecr describe-images --repository-name worker --image-ids imageTag=v1 --query imageDetails[].imageDigest',
  )
  assert.deepEqual(JSON.parse(described), [digest])
})

const service = '--cluster mailman --service mailman-worker'
const wait = 'ecs wait services-stable --cluster mailman --services mailman-worker'
const newestStatus = `ecs list-service-deployments ${service} --query serviceDeployments[0].status`

/** What runs, by the command that a script would use. */
async function runs(): Promise<unknown> {
  const query = 'services[0].[runningCount,taskDefinition,deployments[0].rolloutState]'
  const told = await aws(
    `ecs describe-services --cluster mailman --services mailman-worker --query ${query}`,
  )
  const [count, taskDefinition, state] = JSON.parse(told) as [number, string, string]
  return [count, taskDefinition.split('/').at(-1), state]
}

test('a service is created, waited for, listed, and forced to deploy again', async () => {
  await aws('ecs create-cluster --cluster-name mailman')
  for (const value of ['1', '2'])
    await aws('ecs register-task-definition --family mailman-worker --container-definitions', [
      JSON.stringify([
        {
          name: 'worker',
          image: `${fixture.host}/worker:v1`,
          environment: [{ name: 'REVISION', value }],
          logConfiguration: {
            logDriver: 'awslogs',
            options: { 'awslogs-group': '/mailman', 'awslogs-stream-prefix': 'worker' },
          },
        },
      ]),
    ])
  const newest = await aws(
    'ecs list-task-definitions --family-prefix mailman-worker --sort DESC --max-items 1 --query taskDefinitionArns[0]',
  )
  assert.match(newest, /task-definition\/mailman-worker:2"$/)

  await aws(
    'ecs create-service --cluster mailman --service-name mailman-worker --task-definition mailman-worker --desired-count 1 --deployment-configuration deploymentCircuitBreaker={enable=true,rollback=true}',
  )
  await aws(wait)
  await aws('ecs update-service --cluster mailman --service mailman-worker --force-new-deployment')
  await aws(wait)

  // The newest deployment: the waiter may have found the first one stable while it was in progress.
  assert.equal(JSON.parse(await aws(newestStatus)), 'SUCCESSFUL')
  assert.deepEqual(await runs(), [1, 'mailman-worker:2', 'COMPLETED'])
  const log = 'logs filter-log-events --log-group-name /mailman --query events[-1].message'
  assert.equal(JSON.parse(await aws(log)), 'at work')
})

test('after a bad image on a moving tag the waiter succeeds, and only the service deployment shows it', async () => {
  await fixture.push(await fixture.build('worker:v1', 'echo cannot work; exit 3'))
  await aws(`ecs update-service ${service} --force-new-deployment`)
  await aws(wait)
  assert.deepEqual(await runs(), [1, 'mailman-worker:2', 'COMPLETED'])
  assert.equal(JSON.parse(await aws(newestStatus)), 'ROLLBACK_SUCCESSFUL')
  const stopped = await aws(
    'ecs list-tasks --cluster mailman --service-name mailman-worker --desired-status STOPPED --query taskArns',
  )
  const codes = await aws(
    'ecs describe-tasks --cluster mailman --query tasks[?stopCode==`EssentialContainerExited`].containers[0].exitCode --tasks',
    JSON.parse(stopped) as string[],
  )
  assert.deepEqual(JSON.parse(codes), [3, 3, 3])
})

test('after a missing image the newest revision is not the one that runs', async () => {
  await aws('ecs register-task-definition --family mailman-worker --container-definitions', [
    JSON.stringify([{ name: 'worker', image: `${fixture.host}/worker:v404` }]),
  ])
  await aws(`ecs update-service ${service} --task-definition mailman-worker`)
  await aws(wait)
  const newest = await aws(
    'ecs list-task-definitions --family-prefix mailman-worker --sort DESC --query taskDefinitionArns[0]',
  )
  assert.match(newest, /mailman-worker:3"$/)
  assert.deepEqual(await runs(), [1, 'mailman-worker:2', 'COMPLETED'])
  const reason = await aws(
    `ecs list-service-deployments ${service} --query serviceDeployments[0].statusReason`,
  )
  assert.equal(
    JSON.parse(reason),
    'Service deployment rolled back because the circuit breaker threshold was exceeded.',
  )
})

test('the CLI shows the identity, and the errors for a bad key and an unknown operation', async () => {
  assert.equal(JSON.parse(await aws('sts get-caller-identity --query Account')), '000000000000')
  await assert.rejects(
    aws('ecs list-clusters', [], 'EXPIRED'),
    /\(ExpiredTokenException\).*ListClusters operation.*: The security token included/,
  )
  await assert.rejects(aws('sts get-caller-identity', [], 'DENIED'), /\(AccessDenied\)/)
  await assert.rejects(
    aws('ecs describe-capacity-providers'),
    /\(UnknownOperationException\).*does not model ECS DescribeCapacityProviders/,
  )
})
