import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  answersOf,
  deployment,
  recordsOf,
  revision,
  service,
  task,
  taskDefinition,
} from '../ecs-answers.ts'
import { awsError } from '../fake-aws.ts'
import { failsAs } from '../in-activity.ts'
import { inspect } from './inspect-answers.ts'
import { digestA } from '../../environment-specs.ts'

const failing = (name: string) => ({
  DescribeServices: () => {
    throw awsError(name, 'The security token included in the request is expired')
  },
})

describe('inspecting an environment', () => {
  test('records the running revision, and the last successful one as the rollback target', async () => {
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
        rollbackTarget: {
          taskDefinition: revision(1),
          digests: { api: digestA },
          deploymentId: 'ecs-svc/1',
          hasSucceeded: true,
        },
        desiredCount: 1,
      },
    ])
    assert.deepEqual(warnings, [])
  })

  test('does not choose the running revision as rollback target if its deployment failed', async () => {
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
    assert.equal(services[0].rollbackTarget.taskDefinition, revision(1))
    assert.deepEqual(services[0].rollbackTarget.digests, { api: digestA })
  })

  test('trusts a completed deployment with running tasks if there are no records, and warns', async () => {
    const { services, warnings } = await inspect(answersOf())
    assert.equal(services[0]?.rollbackTarget.hasSucceeded, true)
    assert.match(warnings.join(), /weaker evidence/)
  })

  test('warns before a first release that there is nothing to roll back to', async () => {
    const neverRan = service({
      runningCount: 0,
      deployments: [deployment({ rolloutState: 'IN_PROGRESS', failedTasks: 4, runningCount: 0 })],
    })
    const { services, warnings } = await inspect(answersOf({ service: neverRan, tasks: [] }))
    assert.equal(services[0]?.rollbackTarget.hasSucceeded, false)
    assert.match(warnings.join(), /nothing to roll back to/)
  })

  test('rejects a release while a deployment bakes, even if all its tasks run', async () => {
    const records = recordsOf({ status: 'IN_PROGRESS', taskDefinition: revision(1) })
    await assert.rejects(
      inspect({ ...answersOf(), ...records }),
      failsAs(
        'Conflict',
        'service-deployment/mailman/mailman-api/1, IN_PROGRESS',
        /stop-service-deployment --service-deployment-arn \S+mailman-api\/1 --stop-type ROLLBACK/,
      ),
    )
  })

  test('rejects a release while someone else deploys, and names the deployment', async () => {
    const busy = service({
      deployments: [
        deployment({ id: 'ecs-svc/2', rolloutState: 'IN_PROGRESS', taskDefinition: revision(2) }),
        deployment({ status: 'ACTIVE' }),
      ],
    })
    const taskDefinitions = { 'mailman-api': taskDefinition(2), [revision(2)]: taskDefinition(2) }
    await assert.rejects(
      inspect(answersOf({ service: busy, taskDefinitions })),
      failsAs(
        'Conflict',
        'ecs-svc/2 of mailman-api:2',
        'aws ecs wait services-stable --cluster mailman --services mailman-api',
        'try again',
      ),
    )
  })

  test('goes ahead after a deployment that failed and was not rolled back, and says so', async () => {
    const stuck = service({
      deployments: [
        deployment({
          id: 'ecs-svc/2',
          taskDefinition: revision(2),
          rolloutState: 'FAILED',
          runningCount: 0,
        }),
        deployment({ status: 'ACTIVE' }),
      ],
    })
    const { services, warnings } = await inspect({
      ...answersOf({ service: stuck }),
      ...recordsOf(
        { status: 'STOPPED', taskDefinition: revision(2) },
        { status: 'SUCCESSFUL', taskDefinition: revision(1) },
      ),
    })
    const serving = { taskDefinition: revision(1), digests: { api: digestA } }
    assert.deepEqual(services, [
      {
        name: 'api',
        now: serving,
        rollbackTarget: {
          ...serving,
          deploymentId: 'ecs-svc/2',
          servedBy: 'ecs-svc/1',
          hasSucceeded: true,
        },
        desiredCount: 1,
        needsDeployment: true,
      },
    ])
    assert.match(
      warnings.join(),
      /"mailman-api", deployment ecs-svc\/2 of mailman-api:2 failed .* rolls back to mailman-api:1/,
    )
  })

  test('ignores a failed deployment that ECS has already rolled back', async () => {
    const settled = service({
      deployments: [
        deployment({ id: 'ecs-svc/3' }),
        deployment({ id: 'ecs-svc/2', status: 'ACTIVE', rolloutState: 'FAILED', runningCount: 0 }),
      ],
    })
    const tasks = [task({ startedBy: 'ecs-svc/3' })]
    const { services } = await inspect(answersOf({ service: settled, tasks }))
    assert.equal(services[0]?.rollbackTarget.deploymentId, 'ecs-svc/3')
  })

  test('names the service and the target group that does not exist', async () => {
    const targetGroupArn = 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/old/0123456789'
    const rejected = inspect({
      ...answersOf({ service: service({ loadBalancers: [{ targetGroupArn }] }) }),
      DescribeTargetHealth: () => {
        throw awsError('TargetGroupNotFoundException', 'One or more target groups not found')
      },
    })
    await assert.rejects(
      rejected,
      failsAs(
        'PreconditionFailed',
        'Service "mailman-api" in cluster "mailman": Target group "old" does not exist',
        targetGroupArn,
        'aws ecs update-service --load-balancers',
      ),
    )
  })

  test('distinguishes invalid credentials from missing permissions', async () => {
    await assert.rejects(
      inspect(failing('ExpiredTokenException')),
      failsAs('CredentialsInvalid', 'expired', 'aws sts get-caller-identity'),
    )
    await assert.rejects(inspect(failing('AccessDeniedException')), failsAs('AccessDenied'))
  })
})
