import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { manualClock } from '../../../../simulator/clock/index.ts'
import { answersOf, revision, service } from '../ecs-answers.ts'
import { awsError, type Answers } from '../fake-aws.ts'
import { failsAs } from '../in-activity.ts'
import { accepting, moved, update } from './updated-service.ts'

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

describe('updating a service', () => {
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
