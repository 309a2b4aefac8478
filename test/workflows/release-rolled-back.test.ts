import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import { arn, digestOf, live } from './fixtures.ts'
import { startHarness } from './harness.ts'
import { denied, runRelease, unhealthy } from './run-release.ts'

const harness = await startHarness()
after(() => harness.close())

test('a rollout that is not stable after half an hour is rolled back', async () => {
  const { result, calls } = await runRelease(harness, {
    waitForRollout: async ({ deadline }) => {
      // Fails and is retried, as when workers die, until the deadline.
      if ((await harness.env.currentTimeMs()) < deadline) throw new Error('cut short')
      return { kind: 'timed_out', reason: 'not stable after 30 minutes', cause: '' }
    },
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.match(result.message, /not stable after 30 minutes/)
  const took = result.endedAt - result.startedAt
  assert.ok(took >= 30 * 60_000 && took < 31 * 60_000, `${took} ms`)
  assert.deepEqual(
    [...new Set(calls.filter((call) => /Service/.test(call)))],
    ['updateService api', 'rollBackService api'],
  )
})

test('a release whose wait never succeeds is rolled back, too', async () => {
  const { result } = await runRelease(harness, {
    waitForRollout: async () => {
      throw ApplicationFailure.retryable('AWS cannot be reached', 'Unavailable')
    },
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.match(result.message, /AWS cannot be reached/)
})

test('when the second service fails both are rolled back, the last one first', async () => {
  const { result, calls } = await runRelease(harness, {
    waitForRollout: async ({ service }) => (service.name === 'worker' ? unhealthy : live),
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.equal(result.cause, 'The health check fails.')
  assert.deepEqual(
    calls.filter((call) => call.startsWith('rollBack')),
    ['rollBackService worker', 'rollBackService api'],
  )
})

test('a rollback whose targets nobody can read needs a person, and is not said to have failed', async () => {
  const text = 'ECS says that it runs again, but its targets cannot be read: gone. Look: aws elbv2.'
  const { result } = await runRelease(harness, {
    waitForRollout: async () => unhealthy,
    rollBackService: async () => ({ ...live, unproven: { serving: true, text } }),
  })
  assert.equal(result.outcome, 'rollback_failed')
  assert.ok(result.message.includes(`It was rolled back, but that is not proven: api: ${text} `))
  assert.match(result.message, /A person is needed now/)
})

test('a rollback whose images nobody can read warns of that', async () => {
  const text =
    'ECS says that it runs again, but which images cannot be read: denied. Look: aws ecs.'
  const { result } = await runRelease(harness, {
    waitForRollout: async () => unhealthy,
    rollBackService: async () => ({ ...live, unproven: { serving: false, text } }),
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.deepEqual(result.warnings, [`api: ${text}`])
})

test('failed tasks and their logs are in the result', async () => {
  const failedTasks = [
    {
      task: 'c'.repeat(32),
      taskDefinition: 'mailman-api:8',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      container: 'api',
      exitCode: 1,
      containerReason: '',
      times: 3,
      logs: ['panic: no database'],
    },
  ]
  const { result } = await runRelease(harness, {
    waitForRollout: async () => ({ ...unhealthy, failedTasks }),
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.deepEqual(result.failedTasks, failedTasks)
})

test('revisions are deregistered after a rollback only if the configuration says so', async () => {
  const failing = { waitForRollout: async () => unhealthy }
  const kept = await runRelease(harness, failing)
  assert.ok(!kept.calls.includes('deregisterRevisions'))
  const change = { rollback: { timeoutMs: 60_000, deregister: true } }
  const gone = await runRelease(
    harness,
    { ...failing, deregisterRevisions: async () => ['mailman-api:8 was deregistered'] },
    change,
  )
  assert.ok(gone.calls.includes('deregisterRevisions'))
  assert.deepEqual(gone.result.warnings, ['mailman-api:8 was deregistered'])
  const tried = await runRelease(harness, { ...failing, deregisterRevisions: denied }, change)
  assert.equal(tried.result.outcome, 'rolled_back')
  assert.match(tried.result.warnings.join(), /stay registered: not allowed/)
})

test('the moving tags point back before any service is rolled back', async () => {
  const moved: string[] = []
  const { calls } = await runRelease(harness, {
    moveTags: async ({ images }) => {
      moved.push(images.map((image) => image.digest).join())
      return images.map(({ name }) => ({ name, digest: digestOf(name, 7) }))
    },
    waitForRollout: async () => unhealthy,
  })
  assert.deepEqual(moved, [
    [digestOf('api', 8), digestOf('worker', 8)].join(),
    [digestOf('api', 7), digestOf('worker', 7)].join(),
  ])
  assert.ok(calls.lastIndexOf('moveTags') < calls.indexOf('rollBackService api'))
})

const replaced: RolloutEnd = {
  kind: 'replaced',
  reason: 'another deployment took its place',
  cause: '',
}

test('a moving tag that cannot be pointed back leaves no force release rolled back', async () => {
  for (const [mode, end, outcome] of [
    ['pin', unhealthy, 'rolled_back'],
    ['force', unhealthy, 'rollback_failed'],
    ['force', replaced, 'rollback_failed'],
  ] as const) {
    let moves = 0
    const { result } = await runRelease(
      harness,
      {
        waitForRollout: async () => end,
        moveTags: async ({ images }) => {
          moves += 1
          return moves === 1 ? images : denied()
        },
      },
      { mode },
    )
    assert.equal(result.outcome, outcome)
    const reason = 'could not point the moving tags back: not allowed'
    assert.ok(result.warnings.includes(reason))
    if (mode === 'pin') continue
    const how = `A new task would still pull an image of this release: ${reason}.`
    assert.ok(result.message.includes(`. ${how} `), result.message)
    assert.match(result.message, /A person is needed now\.$/)
  }
})

test('a rollback that fails does not stop those of the other services', async () => {
  const { result, calls } = await runRelease(harness, {
    waitForRollout: async ({ service }) => (service.name === 'worker' ? unhealthy : live),
    rollBackService: async ({ service }) => {
      if (service.name === 'api') return live
      throw ApplicationFailure.nonRetryable('no capacity', 'PreconditionFailed')
    },
  })
  assert.equal(result.outcome, 'rollback_failed')
  assert.match(result.message, /worker: no capacity/)
  assert.match(
    result.message,
    /describe-services --cluster mailman --services mailman-api mailman-worker.* person is needed/,
  )
  assert.ok(calls.includes('rollBackService api'))
})

test('a service is rolled back even if the call that deployed it failed', async () => {
  const { result, calls } = await runRelease(harness, {
    updateService: async () => {
      throw ApplicationFailure.nonRetryable('the answer was lost', 'AccessDenied')
    },
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.ok(calls.includes('rollBackService api'))
})

test('a copy that replaced a deregistered rollback target is in the result', async () => {
  const { result } = await runRelease(harness, {
    waitForRollout: async ({ service }) => (service.name === 'worker' ? unhealthy : live),
    rollBackService: async ({ service: { name } }) =>
      name === 'api' && live.kind === 'succeeded' ? { ...live, copy: arn('api', 9) } : live,
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.match(
    result.message,
    /The previous release runs again\. mailman-api:7 had been deregistered: mailman-api:9, a copy of it, runs instead\.$/,
  )
  const [api, worker] = result.services
  assert.deepEqual(
    [api?.rollbackTarget.taskDefinition, api?.rollbackTarget.copyOf],
    [arn('api', 9), arn('api', 7)],
  )
  assert.equal(worker?.rollbackTarget.copyOf, undefined)
})

test('a failed verification rolls back all services', async () => {
  const { result, calls } = await runRelease(harness, {
    verifyRelease: async () => ({ kind: 'failed', reason: 'a task crashed', cause: 'exit code 1' }),
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.deepEqual(calls.slice(-2), ['rollBackService worker', 'rollBackService api'])
})

test('a service that another person deploys in the meantime is left alone', async () => {
  const { result, calls } = await runRelease(harness, {
    waitForRollout: async ({ service }) =>
      service.name === 'worker'
        ? { kind: 'replaced', reason: 'deployment ecs-svc/9 took its place', cause: '' }
        : live,
  })
  assert.equal(result.outcome, 'superseded')
  assert.deepEqual(
    calls.filter((call) => call.startsWith('rollBack')),
    ['rollBackService api'],
  )
})
