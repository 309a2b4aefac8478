import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspectEnvironment } from '../../../activities/inspect.ts'
import type { Target } from '../../../config/target.ts'
import {
  answersOf,
  deployment,
  recordsOf,
  revision,
  service,
  task,
  taskDefinition,
} from './ecs-answers.ts'
import { awsError, fakeAws, type Answers } from './fake-aws.ts'
import { failsAs, inActivity } from './in-activity.ts'
import { digestA, imageNamed, registry, serviceNamed, targetWith } from './targets.ts'

const inspect = (answers: Answers, target: Target = targetWith()) =>
  inActivity(() => inspectEnvironment(fakeAws(answers).clients, { target }))

const failing = (name: string) => ({
  DescribeServices: () => {
    throw awsError(name, 'The security token included in the request is expired')
  },
})

describe('inspecting an environment', () => {
  test('records what runs and the last revision that succeeded as the way back', async () => {
    const { services, warnings } = await inspect({
      ...answersOf(),
      ...recordsOf(
        { status: 'ROLLBACK_SUCCESSFUL', taskDefinition: revision(2) },
        { status: 'SUCCESSFUL', taskDefinition: revision(1) },
      ),
    })
    assert.deepEqual(services, [
      {
        name: 'api',
        now: { taskDefinition: revision(1), digests: { api: digestA } },
        wayBack: {
          taskDefinition: revision(1),
          digests: { api: digestA },
          deploymentId: 'ecs-svc/1',
          standing: 'succeeded',
        },
        desiredCount: 1,
      },
    ])
    assert.deepEqual(warnings, [])
  })

  test('does not take what runs for the way back when its deployment failed', async () => {
    const { services } = await inspect({
      ...answersOf({
        service: service({
          deployments: [deployment({ taskDefinition: revision(5), rolloutState: 'FAILED' })],
        }),
        tasks: [],
      }),
      ...recordsOf(
        { status: 'ROLLBACK_FAILED', taskDefinition: revision(5) },
        { status: 'SUCCESSFUL', taskDefinition: revision(1) },
      ),
    })
    assert.equal(services[0]?.now.taskDefinition, revision(5))
    assert.equal(services[0].wayBack.taskDefinition, revision(1))
    assert.deepEqual(services[0].wayBack.digests, { api: digestA })
  })

  test('takes a completed deployment with running tasks for good where there are no records, and says so', async () => {
    const { services, warnings } = await inspect(answersOf())
    assert.equal(services[0]?.wayBack.standing, 'succeeded')
    assert.match(warnings.join(), /weaker evidence/)
  })

  test('says before a first release that there is nothing to go back to', async () => {
    const neverRan = service({
      runningCount: 0,
      deployments: [deployment({ rolloutState: 'IN_PROGRESS', failedTasks: 4, runningCount: 0 })],
    })
    const { services, warnings } = await inspect(answersOf({ service: neverRan, tasks: [] }))
    assert.equal(services[0]?.wayBack.standing, 'none')
    assert.match(warnings.join(), /nothing to go back to/)
  })

  test('warns of a desired count of 0', async () => {
    const { warnings } = await inspect(answersOf({ service: service({ desiredCount: 0 }) }))
    assert.match(warnings.join(), /desired count of service "mailman-api" is 0/)
  })

  test('gives all findings in one message', async () => {
    const answers = {
      ...answersOf({ service: service({ deploymentConfiguration: {} }) }),
      DescribeRepositories: () => {
        throw awsError('RepositoryNotFoundException')
      },
    }
    const target = targetWith({
      services: [serviceNamed('api', { containers: { apj: 'api' } }), serviceNamed('worker')],
      images: [imageNamed('api')],
    })
    await assert.rejects(
      inspect(answers, target),
      failsAs(
        'Rejected',
        'names container "apj"',
        'has "api"',
        'deploymentCircuitBreaker={enable=true,rollback=true}',
        'circuitBreaker: optional',
        'no service "mailman-worker" in cluster "mailman" (region eu-west-1, account 123456789012)',
        'no ECR repository "mailman-api"',
      ),
    )
  })

  test('names the region and the account of a cluster that is not there', async () => {
    const answers = {
      ...answersOf(),
      DescribeServices: () => {
        throw awsError('ClusterNotFoundException', 'Cluster not found.')
      },
    }
    await assert.rejects(
      inspect(answers),
      failsAs('Rejected', '"mailman"', 'region eu-west-1, account 123456789012'),
    )
  })

  test('lets a service without circuit breaker pass where the configuration makes it optional', async () => {
    const answers = answersOf({ service: service({ deploymentConfiguration: {} }) })
    const target = targetWith({ services: [serviceNamed('api', { circuitBreaker: 'optional' })] })
    assert.equal((await inspect(answers, target)).services.length, 1)
  })

  test('refuses a service that watches its traffic for longer than a release may take', async () => {
    const target = targetWith({ stability: { timeoutMs: 30 * 60_000, windowMs: 1 } })
    const enable = { deploymentCircuitBreaker: { enable: true, rollback: true } }
    const shifting = (configuration: object) =>
      inspect(
        answersOf({
          service: service({ deploymentConfiguration: { ...enable, ...configuration } }),
        }),
        target,
      )
    const bakeTimeInMinutes = 10
    const tooLong = [
      [{ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 30 }, 'A blue/green', '30 min', '"45m"'],
      [{ strategy: 'CANARY', bakeTimeInMinutes: 20 }, 'A canary', '30 min'],
      [{ strategy: 'LINEAR' }, 'A linear', '54 min', '"69m"'],
    ] as const
    for (const [configuration, ...parts] of tooLong) {
      await assert.rejects(
        shifting(configuration),
        failsAs('Rejected', '"stability.timeout"', ...parts),
      )
    }
    const inTime = [
      { strategy: 'BLUE_GREEN', bakeTimeInMinutes },
      { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 100 }, bakeTimeInMinutes },
      { strategy: 'LINEAR', linearConfiguration: { stepPercent: 33.3 }, bakeTimeInMinutes },
      { strategy: 'ROLLING', bakeTimeInMinutes: 60 },
    ]
    for (const configuration of inTime) assert.ok(await shifting(configuration))
  })

  test('says before it begins that the way back takes long, and that a person is asked', async () => {
    const lifecycleHooks = [{ targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] }]
    const { warnings } = await inspect(
      answersOf({
        service: service({
          deploymentConfiguration: {
            deploymentCircuitBreaker: { enable: true, rollback: true },
            strategy: 'BLUE_GREEN',
            bakeTimeInMinutes: 5,
            lifecycleHooks,
          },
        }),
      }),
      targetWith({
        stability: { timeoutMs: 30 * 60_000, windowMs: 1 },
        rollback: { timeoutMs: 5 * 60_000 },
      }),
    )
    assert.match(warnings.join('\n'), /blue\/green deployment as well, of 5 min at least/)
    assert.match(warnings.join('\n'), /waits for a person at POST_SCALE_UP/)
  })

  test('refuses a service that another deployment controller owns', async () => {
    const { taskDefinition: _, ...owned } = service({
      deploymentController: { type: 'CODE_DEPLOY' },
    })
    await assert.rejects(
      inspect(answersOf({ service: owned })),
      failsAs('Rejected', 'deployment controller CODE_DEPLOY'),
    )
  })

  test('says that a family has no revision left to clone', async () => {
    const answers = {
      ...answersOf(),
      DescribeTaskDefinition: () => {
        throw awsError('ClientException', 'Unable to describe task definition.')
      },
    }
    await assert.rejects(inspect(answers), failsAs('Rejected', '"mailman-api"', 'Register one'))
  })

  test('refuses while a deployment bakes, whose tasks all run already', async () => {
    const records = recordsOf({ status: 'IN_PROGRESS', taskDefinition: revision(1) })
    await assert.rejects(
      inspect({ ...answersOf(), ...records }),
      failsAs('Conflict', 'service-deployment/mailman/mailman-api/1, IN_PROGRESS'),
    )
  })

  test('refuses while somebody else deploys, and names the deployment', async () => {
    const busy = service({
      deployments: [
        deployment({ id: 'ecs-svc/2', rolloutState: 'IN_PROGRESS', taskDefinition: revision(2) }),
        deployment({ status: 'ACTIVE' }),
      ],
    })
    await assert.rejects(
      inspect(answersOf({ service: busy })),
      failsAs('Conflict', 'ecs-svc/2 of mailman-api:2', 'ask again'),
    )
  })

  test('does not wait for the failed deployment that ECS has rolled back already', async () => {
    const settled = service({
      deployments: [
        deployment({ id: 'ecs-svc/3' }),
        deployment({ id: 'ecs-svc/2', status: 'ACTIVE', rolloutState: 'FAILED', runningCount: 0 }),
      ],
    })
    const tasks = [task({ startedBy: 'ecs-svc/3' })]
    const { services } = await inspect(answersOf({ service: settled, tasks }))
    assert.equal(services[0]?.wayBack.deploymentId, 'ecs-svc/3')
  })

  test('refuses force mode where the service does not run the moving tag, or the tag cannot move', async () => {
    const target = targetWith({ mode: 'force' })
    await assert.rejects(inspect(answersOf(), target), failsAs('Rejected', '"api-latest"'))
    const moving = taskDefinition(1, {
      containerDefinitions: [{ name: 'api', image: `${registry}/mailman-api:api-latest` }],
    })
    const answers = answersOf({ taskDefinitions: { [revision(1)]: moving } })
    const immutable = { repositoryUri: 'x', imageTagMutability: 'IMMUTABLE' }
    await assert.rejects(
      inspect({ ...answers, DescribeRepositories: () => ({ repositories: [immutable] }) }, target),
      failsAs('Rejected', 'immutable', '"pin"'),
    )
    const { warnings } = await inspect(answers, target)
    assert.match(warnings.join(), /Mode "force" deploys a moving tag/)
  })

  test('tells credentials that AWS does not accept from permissions that it does not give', async () => {
    await assert.rejects(
      inspect(failing('ExpiredTokenException')),
      failsAs('CredentialsInvalid', 'expired', 'aws sts get-caller-identity'),
    )
    await assert.rejects(inspect(failing('AccessDeniedException')), failsAs('AccessDenied'))
  })
})
