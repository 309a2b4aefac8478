import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { rollBackService } from '../../../../activities/deploy/roll-back.ts'
import { waitForRollout } from '../../../../activities/deploy/wait.ts'
import { answersOf, deployment, recordsOf, revision, service, task } from '../ecs-answers.ts'
import { awsError, fakeAws, type Answers } from '../fake-aws.ts'
import { failsAs, inActivity } from '../in-activity.ts'
import { digestA, serviceNamed, specWith } from '../../environment-specs.ts'

const group = 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/mailman-api/0123456789abcdef'
const pace = { nearEndMs: 1, farMs: 1 }

const started = {
  service: 'api',
  taskDefinition: revision(2),
  deploymentId: 'ecs-svc/2',
  serviceDeploymentArn:
    'arn:aws:ecs:eu-west-1:123456789012:service-deployment/mailman/mailman-api/1',
}

const to = {
  taskDefinition: revision(1),
  digests: { api: digestA },
  deploymentId: 'ecs-svc/1',
  hasSucceeded: true,
} as const

const refusing =
  (name: string, message = '') =>
  () => {
    throw awsError(name, message)
  }

/** A service behind a load balancer whose deployment ECS rolls back at once, with other answers. */
function world(changes: Answers) {
  let primary = deployment({
    id: 'ecs-svc/2',
    taskDefinition: revision(2),
    rolloutState: 'IN_PROGRESS',
  })
  let status = 'IN_PROGRESS'
  const answers = (): Answers => ({
    ...answersOf({
      service: service({ deployments: [primary], loadBalancers: [{ targetGroupArn: group }] }),
      tasks: [task({ startedBy: primary.id, taskDefinitionArn: primary.taskDefinition })],
    }),
    ...recordsOf({ status, taskDefinition: revision(2) }),
    DescribeTargetHealth: () => ({
      TargetHealthDescriptions: [{ Target: { Id: 'i-1' }, TargetHealth: { State: 'healthy' } }],
    }),
    StopServiceDeployment: () => {
      primary = deployment({ id: 'ecs-svc/3' })
      status = 'ROLLBACK_SUCCESSFUL'
      return {}
    },
    ...changes,
  })
  const turns = Object.keys(answers()).map(
    (name) => [name, (input: Record<string, unknown>) => answers()[name]?.(input)] as const,
  )
  return fakeAws(Object.fromEntries(turns))
}

async function rollBack(changes: Answers, mode: 'pin' | 'force' = 'pin') {
  const aws = world(changes)
  const end = await inActivity(() =>
    rollBackService(aws.clients, pace, {
      spec: specWith({ mode }),
      service: serviceNamed('api'),
      to,
      started,
      deadline: Date.now() + 60_000,
    }),
  )
  assert.equal(end.kind, 'succeeded')
  const stops = aws.calls.filter(({ operation }) => operation === 'StopServiceDeployment')
  assert.equal(stops.length, 1)
  return end
}

describe('a rollback without all of the evidence', () => {
  test('proves everything where it can', async () => {
    assert.equal((await rollBack({})).unproven, undefined)
  })

  for (const [what, answer, reason] of [
    [
      'is gone',
      refusing('TargetGroupNotFoundException', 'One or more target groups not found'),
      /does not exist/,
    ],
    ['may not be read', refusing('AccessDenied', 'not allowed'), /AccessDenied: not allowed/],
  ] as const) {
    test(`asks ECS all the same if a target group ${what}, and says what is unproven`, async () => {
      const { unproven } = await rollBack({ DescribeTargetHealth: answer })
      assert.equal(unproven?.serving, true)
      assert.match(
        unproven.text,
        /^ECS says that service "mailman-api" runs again what ran before, but whether its targets in target group mailman-api are healthy cannot be read: /,
      )
      assert.match(unproven.text, reason)
      assert.ok(
        unproven.text.endsWith(
          `Look: aws elbv2 describe-target-health --target-group-arn ${group}.`,
        ),
      )
    })
  }

  for (const operation of ['ListTasks', 'DescribeTasks']) {
    test(`asks ECS all the same if ${operation} is denied, and names the images`, async () => {
      const { unproven } = await rollBack({ [operation]: refusing('AccessDeniedException') })
      assert.equal(unproven?.serving, false)
      assert.match(unproven.text, /which images its tasks run cannot be read: .*AccessDenied/)
      assert.match(
        unproven.text,
        /Look: aws ecs list-tasks --cluster mailman --service-name mailman-api\.$/,
      )
    })

    test(`does not prove what serves in force mode if ${operation} is denied`, async () => {
      const { unproven } = await rollBack(
        { [operation]: refusing('AccessDeniedException') },
        'force',
      )
      assert.equal(unproven?.serving, true)
      assert.match(unproven.text, /which images its tasks run cannot be read: .*AccessDenied/)
    })
  }

  test('rests on the deployments of the service if records cannot be read', async () => {
    let primary = deployment({ id: 'ecs-svc/2', taskDefinition: revision(2) })
    const unreadable = refusing('InvalidParameterException')
    const aws = fakeAws({
      ...answersOf({ tasks: [task({ startedBy: 'ecs-svc/3' })] }),
      ListServiceDeployments: unreadable,
      DescribeServiceDeployments: unreadable,
      DescribeServices: () => ({ services: [service({ deployments: [primary] })] }),
      UpdateService: () => {
        primary = deployment({ id: 'ecs-svc/3' })
        const currentServiceDeployment = started.serviceDeploymentArn
        return { service: service({ deployments: [primary], currentServiceDeployment }) }
      },
    })
    const end = await inActivity(() =>
      rollBackService(aws.clients, pace, {
        spec: specWith(),
        service: serviceNamed('api'),
        to,
        started,
        deadline: Date.now() + 60_000,
      }),
    )
    assert.equal(end.kind === 'succeeded' && end.basis, 'deployments')
  })
})

test('a release never succeeds without the health of its targets', async () => {
  const { clients } = fakeAws({
    ...answersOf({
      service: service({
        deployments: [deployment({ id: 'ecs-svc/2', taskDefinition: revision(2) })],
        loadBalancers: [{ targetGroupArn: group }],
      }),
      tasks: [task({ startedBy: 'ecs-svc/2', taskDefinitionArn: revision(2) })],
    }),
    ...recordsOf({ status: 'SUCCESSFUL', taskDefinition: revision(2) }),
    DescribeTargetHealth: refusing('TargetGroupNotFoundException'),
  })
  const waiting = inActivity(() =>
    waitForRollout(clients, pace, {
      spec: specWith(),
      service: serviceNamed('api'),
      started,
      revision: {
        service: 'api',
        taskDefinition: revision(2),
        digests: { api: digestA },
        registered: true,
      },
      deadline: Date.now() + 60_000,
    }),
  )
  await assert.rejects(
    waiting,
    failsAs('PreconditionFailed', 'Target group "mailman-api" does not exist', group),
  )
})
