import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import { workerShutdown } from '../../../../activities/index.ts'
import { waitForRollout } from '../../../../activities/deploy/wait.ts'
import { answersOf, deployment, recordsOf, revision, service, task } from '../ecs-answers.ts'
import { awsError, fakeAws, type Answers } from '../fake-aws.ts'
import { failsAs, inActivity, type ActivityOptions } from '../in-activity.ts'
import { digestB, serviceNamed, specWith } from '../../environment-specs.ts'

const pace = { nearEndMs: 1, farMs: 1 }

const wait = (
  answers: Answers,
  deadline = Date.now() + 60_000,
  { shutdown, ...options }: ActivityOptions & { readonly shutdown?: AbortSignal } = {},
) =>
  inActivity(
    () =>
      waitForRollout(
        fakeAws(answers).clients,
        pace,
        {
          spec: specWith(),
          service: serviceNamed('api'),
          started: {
            service: 'api',
            taskDefinition: revision(2),
            deploymentId: 'ecs-svc/2',
            serviceDeploymentArn:
              'arn:aws:ecs:eu-west-1:123456789012:service-deployment/mailman/mailman-api/1',
          },
          revision: {
            service: 'api',
            taskDefinition: revision(2),
            digests: { api: digestB },
            registered: true,
          },
          deadline,
        },
        shutdown,
      ),
    options,
  )

const ourTask = task({
  taskDefinitionArn: revision(2),
  startedBy: 'ecs-svc/2',
  containers: [{ name: 'api', imageDigest: digestB }],
})

const live = {
  ...answersOf({
    service: service({
      deployments: [deployment({ id: 'ecs-svc/2', taskDefinition: revision(2) })],
    }),
    tasks: [ourTask],
  }),
  ...recordsOf({ status: 'SUCCESSFUL', taskDefinition: revision(2) }),
}

const underWay = {
  ...answersOf({
    service: service({
      runningCount: 0,
      deployments: [
        deployment({
          id: 'ecs-svc/2',
          taskDefinition: revision(2),
          rolloutState: 'IN_PROGRESS',
          runningCount: 0,
        }),
      ],
    }),
    tasks: [],
  }),
  ...recordsOf({ status: 'IN_PROGRESS', taskDefinition: revision(2) }),
}

/** Answers that change with each poll of the service; the last ones stay. */
function inTurn(...turns: readonly Answers[]): Answers {
  let polls = 0
  const operations = new Set(turns.flatMap((answers) => Object.keys(answers)))
  return Object.fromEntries(
    [...operations].map((operation) => [
      operation,
      (input: Record<string, unknown>) => {
        if (operation === 'DescribeServices') polls += 1
        const answers = turns[Math.min(polls, turns.length) - 1]
        const give = answers?.[operation]
        if (give === undefined) throw awsError('UnknownOperationException')
        return give(input)
      },
    ]),
  )
}

const throttled = {
  DescribeServices: () => {
    throw awsError('ThrottlingException', 'Rate exceeded')
  },
}

const denied = () => {
  throw awsError('AccessDeniedException')
}

const cancelOnProgress = (details: unknown, cancel: () => void) => {
  if (details !== undefined) cancel()
}

describe('waiting for a rollout', () => {
  test('ends once the record is SUCCESSFUL and our digest runs', async () => {
    const end = await wait(inTurn(underWay, underWay, live))
    assert.deepEqual(end, {
      kind: 'succeeded',
      basis: 'service deployment',
      summary: '1 of 1 tasks running',
    })
  })

  test('reports in each heartbeat what is still missing', async () => {
    const reports: unknown[] = []
    await wait(inTurn(underWay, live), undefined, {
      onHeartbeat: (details) => reports.push(details),
    })
    const [, progress] = reports as { service: string; summary: string; observedAt: number }[]
    assert.equal(progress?.service, 'api')
    assert.equal(progress.summary, '0 of 1 tasks running')
    assert.equal(Math.abs(Date.now() - progress.observedAt) < 60_000, true)
  })

  test('continues through throttling and lost connections', async () => {
    const reset = {
      DescribeServices: () => {
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
      },
    }
    assert.equal((await wait(inTurn(throttled, reset, live))).kind, 'succeeded')
  })

  for (const name of [
    'CredentialsProviderError',
    'ExpiredTokenException',
    'InvalidSignatureException',
    'RequestTimeTooSkewed',
    'UnrecognizedClientException',
  ]) {
    test(`continues once credentials are back that ${name} told of, and says so`, async () => {
      const reports: unknown[] = []
      const unauthenticated = {
        DescribeServices: () => {
          throw awsError(name, 'No such token')
        },
      }
      const end = await wait(inTurn(underWay, unauthenticated, live), undefined, {
        onHeartbeat: (details) => reports.push(details),
      })
      assert.equal(end.kind, 'succeeded')
      assert.match(
        JSON.stringify(reports),
        /cannot poll AWS: No such token; renew the worker's credentials/,
      )
    })
  }

  test('fails at once on an error that no retry fixes', async () => {
    const notAllowed = {
      DescribeServices: () => {
        throw awsError('AccessDeniedException', 'not authorized to perform: ecs:DescribeServices')
      },
    }
    await assert.rejects(wait(notAllowed), failsAs('AccessDenied', 'ecs:DescribeServices'))
  })

  test('polls once more at the deadline before it times out', async () => {
    assert.equal((await wait(live, Date.now() - 1)).kind, 'succeeded')
    const end = await wait(underWay, Date.now() - 1)
    assert.equal(end.kind, 'timed_out')
    assert.match(end.reason, /0 of 1 tasks running/)
  })

  test('times out even if AWS never answered', async () => {
    const end = await wait(throttled, Date.now() - 1)
    assert.equal(end.kind, 'timed_out')
    assert.match(end.reason, /Rate exceeded/)
  })

  test('gives the cause of a rollout that ECS rolled back', async () => {
    const crashed = task({
      ...ourTask,
      taskArn: 'crashed',
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      stoppedAt: new Date(),
      containers: [{ name: 'api', exitCode: 3 }],
    })
    const end = await wait({
      ...answersOf({ tasks: [task(), crashed] }),
      ...recordsOf({
        status: 'ROLLBACK_SUCCESSFUL',
        taskDefinition: revision(2),
        statusReason: 'the circuit breaker threshold was exceeded',
      }),
    })
    assert.equal(end.kind, 'rolled_back')
    assert.match(end.reason, /threshold was exceeded/)
    assert.match(end.cause, /Container api exited with 3/)
  })

  test('fails if the service is gone', async () => {
    const end = await wait({ ...answersOf(), DescribeServices: () => ({ services: [] }) })
    assert.equal(end.kind, 'failed')
    assert.match(end.reason, /MISSING/)
  })

  test('ends at once when the activity is cancelled', async () => {
    await assert.rejects(
      wait(underWay, undefined, { onHeartbeat: cancelOnProgress }),
      CancelledFailure,
    )
  })

  test('judges by deployments if the worker may not read the records', async () => {
    const end = await wait({
      ...live,
      ListServiceDeployments: denied,
      DescribeServiceDeployments: denied,
    })
    assert.deepEqual(end, {
      kind: 'succeeded',
      basis: 'deployments',
      summary: '1 of 1 tasks running',
    })
  })

  test('ends at once when its worker shuts down, to be retried', async () => {
    const shutdown = new AbortController()
    const onHeartbeat = () => shutdown.abort(workerShutdown())
    const waiting = wait(underWay, undefined, { shutdown: shutdown.signal, onHeartbeat })
    await assert.rejects(waiting, (error) => {
      failsAs('WorkerShutdown', 'the next worker continues')(error)
      return error instanceof ApplicationFailure && error.nonRetryable !== true
    })
  })
})
