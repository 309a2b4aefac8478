import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { updateService } from '../../../../activities/deploy/update-service.ts'
import type { PollingClock } from '../../../../activities/polling/clock.ts'
import { manualClock } from '../../../../simulator/clock/index.ts'
import { answersOf, deployment, recordsOf, revision, service, startedAt } from '../ecs-answers.ts'
import { awsError, fakeAws, type Answers } from '../fake-aws.ts'
import { failsAs, inActivity } from '../in-activity.ts'
import { digestA, digestB, serviceNamed, specWith } from '../../environment-specs.ts'

const before = {
  taskDefinition: revision(1),
  digests: { api: digestA },
  deploymentId: 'ecs-svc/1',
  hasSucceeded: true,
} as const

const ours = {
  service: 'api',
  taskDefinition: revision(2),
  digests: { api: digestB },
  registered: true,
}

function update(answers: Answers, force = false, attempt = 1, clock?: PollingClock) {
  const aws = fakeAws(answers)
  const started = inActivity(
    () =>
      updateService(
        aws.clients,
        {
          spec: specWith(),
          service: serviceNamed('api'),
          revision: ours,
          before,
          force,
        },
        clock,
      ),
    { attempt },
  )
  const updates = () => aws.calls.filter(({ operation }) => operation === 'UpdateService')
  return { started, updates }
}

/** The records of {@link recordsOf} are a minute apart. */
const minutesLater = (minutes: number) => new Date(startedAt.getTime() + minutes * 60_000)

/** The service after an update, so many minutes later. */
const moved = (taskDefinition: string, minutes = 0) =>
  service({
    deployments: [
      deployment({
        id: 'ecs-svc/2',
        taskDefinition,
        rolloutState: 'IN_PROGRESS',
        createdAt: minutesLater(minutes),
      }),
      deployment({ status: 'ACTIVE' }),
    ],
  })

const accepting = { UpdateService: () => ({ service: moved(revision(2), 2) }) }

const refusing = (name: string, message = '', status = 400) => ({
  ...answersOf(),
  UpdateService: () => {
    throw awsError(name, message, status)
  },
})
const isNot =
  'User: arn:aws:sts::1:assumed-role/slipway/w is not authorized to perform: ecs:UpdateService'

/** Updates while every call fails for want of credentials, until some milliseconds have passed. */
async function updateWithout(untilMs: number, attempt = 1) {
  const clock = manualClock()
  const began = clock.now()
  const world: Answers = { ...answersOf(), ...accepting }
  const answers = Object.entries(world).map(
    ([operation, give]) =>
      [
        operation,
        (input: Record<string, unknown>) => {
          if (clock.now() - began >= untilMs) return give(input)
          throw awsError('CredentialsProviderError', 'Could not load credentials')
        },
      ] as const,
  )
  const { started, updates } = update(Object.fromEntries(answers), false, attempt, clock)
  started.catch(() => {})
  await clock.advance(60_000)
  return { ended: started, updates }
}

/** A service whose PRIMARY deployment is of our revision already. */
const alreadyOurs = (rolloutState: string) =>
  answersOf({ service: service({ deployments: [deployment({ ...ours, rolloutState })] }) })

describe('updating a service', () => {
  test('starts a deployment of the revision and finds its record', async () => {
    const { started, updates } = update({
      ...answersOf(),
      ...recordsOf(
        { status: 'IN_PROGRESS', taskDefinition: revision(2) },
        { status: 'SUCCESSFUL', taskDefinition: revision(1) },
      ),
      ...accepting,
    })
    const { serviceDeploymentArn, ...rest } = await started
    assert.deepEqual(rest, {
      service: 'api',
      taskDefinition: revision(2),
      deploymentId: 'ecs-svc/2',
    })
    assert.match(serviceDeploymentArn ?? '', /service-deployment\/mailman\/mailman-api\/2$/)
    assert.deepEqual(updates()[0]?.input, {
      cluster: 'mailman',
      service: 'mailman-api',
      taskDefinition: revision(2),
    })
  })

  test('forces a new deployment of a revision whose last one has failed, as ECS would start none', async () => {
    for (const [rolloutState, forced] of [
      ['FAILED', true],
      ['COMPLETED', undefined],
    ] as const) {
      const { started, updates } = update({ ...alreadyOurs(rolloutState), ...accepting })
      await started
      assert.equal(updates()[0]?.input['forceNewDeployment'], forced)
    }
  })

  test('returns how long earlier successful deployments took', async () => {
    const { started } = update({
      ...answersOf(),
      ...recordsOf(
        { status: 'IN_PROGRESS', taskDefinition: revision(2) },
        { status: 'SUCCESSFUL', taskDefinition: revision(1), tookMs: 150_000 },
        { status: 'ROLLBACK_SUCCESSFUL', taskDefinition: revision(3), tookMs: 300_000 },
        { status: 'SUCCESSFUL', taskDefinition: revision(1), tookMs: 140_000 },
      ),
      ...accepting,
    })
    assert.deepEqual((await started).earlierMs, [150_000, 140_000])
  })

  test('needs no record if the endpoint has none', async () => {
    const { started } = update({ ...answersOf(), ...accepting })
    assert.equal('serviceDeploymentArn' in (await started), false)
  })

  test('finds the record of an earlier attempt, not that of a later deployment of the revision', async () => {
    const { started, updates } = update({
      ...answersOf({ service: moved(revision(2), 2) }),
      ...recordsOf(
        { status: 'IN_PROGRESS', taskDefinition: revision(2) },
        { status: 'STOPPED', taskDefinition: revision(2) },
        { status: 'SUCCESSFUL', taskDefinition: revision(1) },
      ),
    })
    assert.match((await started).serviceDeploymentArn ?? '', /mailman-api\/2$/)
    assert.deepEqual(updates(), [])
  })

  test('finds no record for a rollback of ECS to the revision, which makes none', async () => {
    const { started } = update({
      ...answersOf({ service: moved(revision(2), 1) }),
      ...recordsOf(
        { status: 'IN_PROGRESS', taskDefinition: revision(2) },
        { status: 'ROLLBACK_SUCCESSFUL', taskDefinition: revision(3) },
      ),
    })
    assert.equal('serviceDeploymentArn' in (await started), false)
  })

  test('recognises the deployment that an earlier attempt has started, and starts no second one', async () => {
    const { started, updates } = update({
      ...answersOf({ service: moved(revision(2)) }),
      ...accepting,
    })
    assert.equal((await started).deploymentId, 'ecs-svc/2')
    assert.deepEqual(updates(), [])
  })

  test('fails if somebody else has deployed since, and changes nothing', async () => {
    const { started, updates } = update({ ...answersOf({ service: moved(revision(9)) }) })
    await assert.rejects(started, failsAs('Conflict', 'ecs-svc/2 of mailman-api:9', 'ecs-svc/1'))
    assert.deepEqual(updates(), [])
  })

  test('forces fresh tasks if asked to', async () => {
    const { started, updates } = update({ ...answersOf(), ...accepting }, true)
    await started
    assert.equal(updates()[0]?.input['forceNewDeployment'], true)
  })

  const refusals: readonly [what: string, Answers, ...words: string[]][] = [
    [
      'that its role may not start',
      refusing('AccessDeniedException', isNot),
      'Allow "ecs:UpdateService" in a policy of role "slipway"',
    ],
    [
      'that ECS finds invalid',
      refusing('InvalidParameterException', 'The container api does not expose port 8080'),
      'ECS does not start mailman-api:2 in service "mailman-api"',
      'does not expose port 8080',
      'Fix the cause and try again',
    ],
    [
      'of a revision that has become inactive',
      refusing('ClientException', 'TaskDefinition is inactive'),
      'Task definition mailman-api:2 was deregistered',
      'Register a new one: slipway deploy production',
    ],
  ]
  for (const [what, answers, ...words] of refusals) {
    test(`fails for a deployment ${what}, and says that nothing was started`, async () => {
      const { started } = update(answers)
      await assert.rejects(started, failsAs('DeploymentRefused', ...words))
    })
  }

  describe('without credentials', () => {
    test('waits for them', async () => {
      const { ended, updates } = await updateWithout(20_000)
      assert.equal((await ended).deploymentId, 'ecs-svc/2')
      assert.equal(updates().length, 1)
    })

    test('says after half a minute that nothing was started', async () => {
      const { ended, updates } = await updateWithout(60_000)
      await assert.rejects(ended, failsAs('DeploymentRefused', 'cannot get credentials for AWS'))
      assert.equal(updates().length, 0)
    })

    test('does not say so if an earlier attempt may have started it', async () => {
      const { ended } = await updateWithout(60_000, 2)
      await assert.rejects(ended, failsAs('PreconditionFailed', 'cannot get credentials for AWS'))
    })
  })

  test('does not say that nothing was started if an earlier attempt may have started it', async () => {
    const { started } = update(refusing('AccessDeniedException', isNot), false, 2)
    await assert.rejects(started, failsAs('PreconditionFailed', 'ecs:UpdateService'))
  })

  test('does not say that nothing was started if the service has changed', async () => {
    for (const now of [service({ status: 'INACTIVE', deployments: [] }), moved(revision(9))]) {
      let polls = 0
      const { started } = update({
        ...refusing('ServiceNotActiveException', 'Service was not ACTIVE.'),
        DescribeServices: () => {
          polls += 1
          return { services: [polls === 1 ? service() : now] }
        },
      })
      await assert.rejects(started, failsAs('PreconditionFailed', 'Service was not ACTIVE'))
    }
  })

  test('does not take a transient error, or one after which it may have started, for a refusal', async () => {
    for (const [name, status] of [
      ['ServerException', 500],
      ['ThrottlingException', 400],
      ['RequestTimeoutException', 408],
      ['ServiceUnavailable', 503],
    ] as const) {
      await assert.rejects(update(refusing(name, '', status)).started, failsAs('Unavailable'))
    }
    await assert.rejects(
      update(refusing('UnheardOfException')).started,
      failsAs('PreconditionFailed', 'UnheardOfException'),
    )
  })
})
