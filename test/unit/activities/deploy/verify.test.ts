import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { verifyRelease } from '../../../../activities/deploy/verify.ts'
import type { EnvironmentSpec } from '../../../../contract/environment-spec.ts'
import {
  answersOf,
  deployment,
  recordsOf,
  revision,
  service,
  startedAt,
  task,
} from '../ecs-answers.ts'
import { fakeAws, type Answers } from '../fake-aws.ts'
import { inActivity } from '../in-activity.ts'
import { digestA, digestB, serviceNamed, specWith } from '../../environment-specs.ts'

const verify = (answers: Answers, changes: Partial<EnvironmentSpec> = {}, digest = digestA) =>
  inActivity(() =>
    verifyRelease(
      fakeAws(answers).clients,
      { nearEndMs: 1, farMs: 1 },
      {
        spec: specWith({ stability: { timeoutMs: 50, windowMs: 5 }, ...changes }),
        revisions: [
          {
            service: 'api',
            taskDefinition: revision(1),
            digests: { api: digest },
            registered: true,
          },
        ],
        started: [
          {
            service: 'api',
            taskDefinition: revision(1),
            deploymentId: 'ecs-svc/1',
            serviceDeploymentArn:
              'arn:aws:ecs:eu-west-1:123456789012:service-deployment/mailman/mailman-api/1',
          },
        ],
      },
    ),
  )

const healthy = {
  ...answersOf(),
  ...recordsOf({ status: 'SUCCESSFUL', taskDefinition: revision(1) }),
}

const crashed = (taskArn: string) =>
  task({
    taskArn,
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'api', exitCode: 137 }],
  })

/** A task that crashes so long after the beginning of the record. */
const crashedAfter = (afterMs: number) => {
  const stoppedAt = startedAt.getTime() + 60_000 + afterMs
  const times = { startedAt: new Date(stoppedAt - 10), stoppedAt: new Date(stoppedAt) }
  return { ...crashed('dead'), ...times }
}

/** Verifies a service whose only crash was so long after the beginning of the record. */
const verifyWithCrash = (afterMs: number, record: object = {}) =>
  verify({
    ...healthy,
    ...recordsOf({
      status: 'SUCCESSFUL',
      taskDefinition: revision(1),
      tookMs: 10_000,
      deploymentConfiguration: { strategy: 'ROLLING' },
      ...record,
    }),
    ...pick(answersOf({ tasks: [task(), crashedAfter(afterMs)] })),
  })

/** Verifies a service that is scaled to no task, or to one that is healthy. */
const verifyScaledTo = (count: 0 | 1) => {
  const counts = { desiredCount: count, runningCount: count }
  return verify({
    ...healthy,
    ...answersOf({
      service: service({ ...counts, deployments: [deployment(counts)] }),
      tasks: count === 0 ? [] : [task()],
    }),
    ...recordsOf({ status: 'SUCCESSFUL', taskDefinition: revision(1) }),
  })
}

/** Runs `body` with a server that answers with each status in turn, and then repeats the last. */
async function answering(statuses: number[], body: (url: string) => Promise<void>) {
  const server = createServer((_request, response) => {
    response.statusCode = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 500
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}/health?token=hunter2`)
  } finally {
    server.close()
  }
}

describe('verifying a release', () => {
  test('succeeds if all services stay healthy for the window', async () => {
    assert.equal((await verify(healthy)).kind, 'succeeded')
  })

  test('fails on a task that crashes within the window, but not on one that crashed before', async () => {
    const before = answersOf({ tasks: [task(), crashed('before')] })
    const after = answersOf({ tasks: [task(), crashed('before'), crashed('after')] })
    assert.equal((await verify({ ...healthy, ...pick(before) })).kind, 'succeeded')
    let polls = 0
    const end = await verify({
      ...healthy,
      ...pick(after),
      ListTasks: (input) => {
        polls += 1
        return (polls > 2 ? after : before)['ListTasks']?.(input)
      },
    })
    assert.equal(end.kind, 'failed')
    assert.match(end.reason, /api: a task stopped/)
    assert.match(end.cause, /exited with 137/)
  })

  test('watches for longer than the tasks that crashed in the rollout had lived', async () => {
    const lived = { startedAt: new Date(1_000), stoppedAt: new Date(1_300) }
    const looping = { ...crashed('before'), ...lived }
    const before = answersOf({ tasks: [task(), looping] })
    const after = answersOf({ tasks: [task(), looping, crashed('after')] })
    let firstPollAt: number | undefined
    let now = before
    const end = await verify(
      {
        ...healthy,
        // Crashes again long after the window of 5 ms; the event leads to a full poll.
        DescribeServices: () => {
          firstPollAt ??= Date.now()
          if (Date.now() - firstPollAt > 30) now = after
          return {
            services: [service({ events: [{ message: now === after ? 'it crashed' : '' }] })],
          }
        },
        ListTasks: (input) => now['ListTasks']?.(input),
        DescribeTasks: (input) => now['DescribeTasks']?.(input),
      },
      { stability: { timeoutMs: 5_000, windowMs: 5 } },
    )
    assert.equal(end.kind, 'failed')
    assert.match(end.reason, /stopped after it had been healthy/)
  })

  describe('finds a crash from before its first poll', () => {
    test('and fails if its rollout had already succeeded', async () => {
      const end = await verifyWithCrash(12_000)
      assert.equal(end.kind, 'failed')
      assert.match(end.reason, /api: a task stopped after it had been healthy/)
    })

    test('and mentions it if its rollout had not succeeded yet', async () => {
      const end = await verifyWithCrash(9_000)
      assert.equal(end.kind, 'succeeded')
      assert.match(end.summary, /; 1 task of api crashed on the way$/)
    })

    test('and only mentions it if success may come before all tasks have started', async () => {
      const early = { strategy: 'ROLLING', earlySuccessCriteria: { healthyPercent: 50 } }
      assert.equal(
        (await verifyWithCrash(12_000, { deploymentConfiguration: early })).kind,
        'succeeded',
      )
    })
  })

  test('names the services of which no task runs in the end, and only those', async () => {
    const [none, one] = await Promise.all([verifyScaledTo(0), verifyScaledTo(1)])
    assert.deepEqual(none.kind === 'succeeded' && none.withoutTasks, ['api'])
    assert.equal(one.kind === 'succeeded' && one.withoutTasks, undefined)
  })

  test('does not succeed while a task runs another digest', async () => {
    const end = await verify(healthy, {}, digestB)
    assert.equal(end.kind, 'timed_out')
    assert.match(end.reason, /container api runs sha256:a+/)
  })

  test('notices that somebody else has deployed', async () => {
    const end = await verify({
      ...healthy,
      ...answersOf({
        service: service({
          deployments: [
            { ...service().deployments[0], id: 'ecs-svc/9', taskDefinition: revision(9) },
          ],
        }),
      }),
    })
    assert.equal(end.kind, 'replaced')
  })

  test('retries the verify URL until it answers 2xx', async () => {
    await answering([503, 503, 200], async (verifyUrl) => {
      const services = [serviceNamed('api', { verifyUrl })]
      assert.equal((await verify(healthy, { services })).kind, 'succeeded')
    })
  })

  test('fails with what the verify URL answered, without its query', async () => {
    await answering([404], async (verifyUrl) => {
      const end = await verify(healthy, { services: [serviceNamed('api', { verifyUrl })] })
      assert.equal(end.kind, 'failed')
      assert.match(end.reason, /\/health answered 404/)
      assert.equal(end.reason.includes('hunter2'), false)
    })
  })
})

function pick(answers: Answers): Answers {
  const { ListTasks, DescribeTasks } = answers
  return { ...(ListTasks && { ListTasks }), ...(DescribeTasks && { DescribeTasks }) }
}
