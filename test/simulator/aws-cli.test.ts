import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { awsCli } from './aws-cli.ts'
import { openStage, type Stage } from './stage.ts'

/** The commands of a deploy script, as somebody would type them. */
let stage: Stage
let aws: Awaited<ReturnType<typeof awsCli>>

before(async () => {
  stage = await openStage()
  aws = await awsCli(stage.simulator.url)
})

after(() => stage.close())

test('ecr get-login-password logs docker in, and the image is pushed and described', async () => {
  await aws('ecr create-repository --repository-name worker')
  const uri = await aws('ecr describe-repositories --query repositories[0].repositoryUri')
  assert.equal(JSON.parse(uri), `${stage.host}/worker`)

  const password = await aws('ecr get-login-password')
  const login = ['login', '--username', 'AWS', '--password-stdin', stage.host]
  assert.match(await stage.docker(login, password), /Login Succeeded/)

  const digest = await stage.push(await stage.build('worker:v1', 'echo at work; exec sleep 600'))
  const described = await aws(
    'ecr describe-images --repository-name worker --image-ids imageTag=v1 --query imageDetails[].imageDigest',
  )
  assert.deepEqual(JSON.parse(described), [digest])
})

test('a service is created, waited for, listed, and forced to deploy anew', async () => {
  await aws('ecs create-cluster --cluster-name mailman')
  for (const value of ['1', '2'])
    await aws('ecs register-task-definition --family mailman-worker --container-definitions', [
      JSON.stringify([
        {
          name: 'worker',
          image: `${stage.host}/worker:v1`,
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

  const wait = 'ecs wait services-stable --cluster mailman --services mailman-worker'
  await aws(
    'ecs create-service --cluster mailman --service-name mailman-worker --task-definition mailman-worker --desired-count 1',
  )
  await aws(wait)
  await aws('ecs update-service --cluster mailman --service mailman-worker --force-new-deployment')
  await aws(wait)

  // Of the newest: the waiter may have called the first one stable while it was still under way.
  const status = await aws(
    'ecs list-service-deployments --cluster mailman --service mailman-worker --query serviceDeployments[0].status',
  )
  assert.equal(JSON.parse(status), 'SUCCESSFUL')
  const rollout = await aws(
    'ecs describe-services --cluster mailman --services mailman-worker --query services[0].[runningCount,deployments[0].rolloutState]',
  )
  assert.deepEqual(JSON.parse(rollout), [1, 'COMPLETED'])
  const log = 'logs filter-log-events --log-group-name /mailman --query events[-1].message'
  assert.equal(JSON.parse(await aws(log)), 'at work')
})

test('who calls, and what a bad key or an operation that is not there says', async () => {
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
