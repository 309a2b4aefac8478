import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity'
import { WorkflowFailedError } from '@temporalio/client'
import type { RolloutEnd } from '../../activities/types.ts'
import { arn, deployOf, digestOf, fakes, live, targetFor } from './fixtures.ts'
import { endOf, newQueue, startHarness, startRelease, withWorker, type Harness } from './harness.ts'

let harness: Harness
before(async () => {
  harness = await startHarness()
})
after(() => harness.close())

const unhealthy: RolloutEnd = {
  kind: 'rolled_back',
  reason: 'ECS rolled back',
  cause: 'The health check fails.',
}

async function releaseWith(
  otherwise: Parameters<typeof fakes>[1],
  change: Parameters<typeof targetFor>[1] = {},
) {
  const queue = newQueue()
  const fake = fakes(queue, otherwise)
  return withWorker(harness, queue, fake, async () => {
    const handle = await startRelease(harness, deployOf(targetFor(queue, change)))
    const result = await endOf(handle)
    return { result, calls: fake.calls, handle, history: await handle.fetchHistory() }
  })
}

test('a release checks, builds, pushes, registers, deploys api before worker, and verifies', async () => {
  const { result, calls, history } = await releaseWith({})
  assert.equal(result.outcome, 'succeeded')
  const inOrder = [
    'inspectEnvironment',
    'findImages',
    'prepareSource',
    'runChecks',
    'buildImage api',
    'pushImage api',
    'registerRevisions',
    'moveTags',
    'updateService api',
    'waitForRollout api',
    'updateService worker',
    'waitForRollout worker',
    'verifyRelease',
  ]
  assert.deepEqual(
    calls.filter((call) => inOrder.includes(call)),
    inOrder,
  )
  assert.ok(calls.includes('buildImage worker') && calls.includes('pushImage worker'))
  assert.ok(!calls.some((call) => call.startsWith('rollBack')))
  assert.ok((history.events ?? []).length <= 90, `${history.events?.length} events`)
})

test('images build side by side', async () => {
  let building = 0
  let most = 0
  const bothAtWork = Promise.withResolvers<void>()
  await releaseWith({
    buildImage: async () => {
      building += 1
      most = Math.max(most, building)
      if (building === 2) bothAtWork.resolve()
      await bothAtWork.promise
      building -= 1
    },
  })
  assert.equal(most, 2)
})

test('a rollout that is not stable after half an hour is taken back', async () => {
  const { result, calls } = await releaseWith({
    waitForRollout: async ({ deadline }) => {
      // Cut short again and again, as by workers that die, and taken up until time is up.
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

test('a wait that nobody can bring to an end is taken back, too', async () => {
  const { result } = await releaseWith({
    waitForRollout: async () => {
      throw ApplicationFailure.retryable('AWS cannot be reached', 'Unavailable')
    },
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.match(result.message, /AWS cannot be reached/)
})

test('when the second service fails both are taken back, the last one first', async () => {
  const { result, calls } = await releaseWith({
    waitForRollout: async ({ service }) => (service.name === 'worker' ? unhealthy : live),
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.equal(result.cause, 'The health check fails.')
  assert.deepEqual(
    calls.filter((call) => call.startsWith('rollBack')),
    ['rollBackService worker', 'rollBackService api'],
  )
})

test('what failed tasks left behind is in the result', async () => {
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
  const { result } = await releaseWith({
    waitForRollout: async () => ({ ...unhealthy, failedTasks }),
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.deepEqual(result.failedTasks, failedTasks)
})

const denied = async () => {
  throw ApplicationFailure.nonRetryable('not allowed', 'AccessDenied')
}

test('a revision that was taken back is deregistered where that is wanted, and only then', async () => {
  const sick = { waitForRollout: async () => unhealthy }
  const kept = await releaseWith(sick)
  assert.ok(!kept.calls.includes('deregisterRevisions'))
  const wanted = { rollback: { timeoutMs: 60_000, deregister: true } }
  const gone = await releaseWith(
    { ...sick, deregisterRevisions: async () => ['mailman-api:8 was deregistered'] },
    wanted,
  )
  assert.ok(gone.calls.includes('deregisterRevisions'))
  assert.deepEqual(gone.result.warnings, ['mailman-api:8 was deregistered'])
  const tried = await releaseWith({ ...sick, deregisterRevisions: denied }, wanted)
  assert.equal(tried.result.outcome, 'rolled_back')
  assert.match(tried.result.warnings.join(), /stays registered: not allowed/)
})

test('the moving tags point back before any service is taken back', async () => {
  const moved: string[] = []
  const { calls } = await releaseWith({
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

test('a way back that fails does not keep the other services from theirs', async () => {
  const { result, calls } = await releaseWith({
    waitForRollout: async ({ service }) => (service.name === 'worker' ? unhealthy : live),
    rollBackService: async ({ service }) => {
      if (service.name === 'api') return live
      throw ApplicationFailure.nonRetryable('no capacity', 'Rejected')
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

test('a service is taken back even if the call that deployed it failed', async () => {
  const { result, calls } = await releaseWith({
    updateService: async () => {
      throw ApplicationFailure.nonRetryable('the answer was lost', 'AccessDenied')
    },
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.ok(calls.includes('rollBackService api'))
})

test('a copy that was gone back to, since the way back was deregistered, is told of', async () => {
  const { result } = await releaseWith({
    waitForRollout: async ({ service }) => (service.name === 'worker' ? unhealthy : live),
    rollBackService: async ({ service: { name } }) =>
      name === 'api' && live.kind === 'succeeded' ? { ...live, copy: arn('api', 9) } : live,
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.match(
    result.message,
    /The previous release runs again\. Somebody had deregistered mailman-api:7: mailman-api:9, a copy of it, runs in its place\.$/,
  )
  const [api, worker] = result.services
  assert.deepEqual(
    [api?.wayBack.taskDefinition, api?.wayBack.copyOf],
    [arn('api', 9), arn('api', 7)],
  )
  assert.equal(worker?.wayBack.copyOf, undefined)
})

const refuse = async () => {
  throw ApplicationFailure.nonRetryable('AWS denies ecs:UpdateService.', 'Refused')
}

test('a release whose first deployment AWS refuses has touched nothing', async () => {
  const moved: string[] = []
  const { result, calls } = await releaseWith({
    moveTags: async ({ images }) => {
      moved.push(images.map((image) => image.digest).join())
      return images.map(({ name }) => ({ name, digest: digestOf(name, 7) }))
    },
    updateService: refuse,
  })
  assert.equal(result.outcome, 'rejected')
  assert.equal(
    result.message,
    'api: AWS denies ecs:UpdateService. Nothing was touched: what ran before runs on.',
  )
  assert.deepEqual(result.services, [])
  assert.deepEqual(moved.at(-1), [digestOf('api', 7), digestOf('worker', 7)].join())
  assert.ok(!calls.some((call) => /^(rollBack|deregister)/.test(call)))
})

test('when AWS refuses the second deployment the first one is taken back', async () => {
  const { result, calls } = await releaseWith({
    updateService: async ({ service: { name }, revision }) =>
      name === 'worker'
        ? refuse()
        : { service: name, taskDefinition: revision.taskDefinition, deploymentId: 'ecs-svc/8' },
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.match(result.message, /^worker: AWS denies/)
  assert.deepEqual(
    calls.filter((call) => call.startsWith('rollBack')),
    ['rollBackService api'],
  )
})

test('what AWS refuses counts as touched as long as a moving tag could not be put back', async () => {
  let moves = 0
  const tagsThatStay: Parameters<typeof fakes>[1] = {
    updateService: refuse,
    moveTags: async ({ images }) => {
      moves += 1
      return moves % 2 === 0 ? denied() : images
    },
  }
  const pinned = await releaseWith(tagsThatStay)
  assert.equal(pinned.result.outcome, 'rolled_back')
  assert.match(pinned.result.warnings.join(), /could not be pointed back: not allowed/)
  const forced = await releaseWith(tagsThatStay, { mode: 'force' })
  assert.equal(forced.result.outcome, 'rollback_failed')
  assert.match(forced.result.message, /pointed back: not allowed\. .*A person is needed now\.$/)
})

test('a revision that AWS refused to start is deregistered where that is wanted', async () => {
  const { result, calls } = await releaseWith(
    { updateService: refuse, deregisterRevisions: async () => ['mailman-api:8 was deregistered'] },
    { rollback: { timeoutMs: 60_000, deregister: true } },
  )
  assert.equal(result.outcome, 'rejected')
  assert.ok(calls.includes('deregisterRevisions'))
})

test('a verification that fails takes everything back', async () => {
  const { result, calls } = await releaseWith({
    verifyRelease: async () => ({ kind: 'failed', reason: 'a task crashed', cause: 'exit code 1' }),
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.deepEqual(calls.slice(-2), ['rollBackService worker', 'rollBackService api'])
})

test('a check that fails rejects the release with nothing built or touched', async () => {
  const { result, calls, handle } = await releaseWith({
    runChecks: async () => {
      throw ApplicationFailure.nonRetryable('make check exited with 2', 'ChecksFailed')
    },
  })
  assert.equal(result.outcome, 'rejected')
  assert.equal(result.message, 'make check exited with 2')
  assert.deepEqual(result.services, [])
  assert.ok(!calls.some((call) => /^(build|push|register|update|move|rollBack)/.test(call)))
  assert.ok(calls.includes('discardSource'))
  await assert.rejects(handle.result(), (failure: unknown) => {
    assert.ok(failure instanceof WorkflowFailedError)
    assert.ok(failure.cause instanceof ApplicationFailure)
    assert.equal(failure.cause.type, 'rejected')
    return true
  })
})

test('images that the registry has are neither checked nor built again', async () => {
  const { result, calls } = await releaseWith({
    findImages: async ({ target, commit }) =>
      target.images.map(({ name }) => ({
        name,
        repositoryUri: 'ecr/mailman',
        tag: `${name}-${commit}`,
        digest: digestOf(name, 8),
      })),
  })
  assert.equal(result.outcome, 'succeeded')
  assert.ok(!calls.some((call) => /^(prepareSource|runChecks|build|push)/.test(call)))
})

test('a release of what runs already changes nothing', async () => {
  const { result, calls } = await releaseWith({
    registerRevisions: async ({ target }) =>
      target.services.map(({ name }) => ({
        service: name,
        taskDefinition: `arn:aws:ecs:eu-west-1:123456789012:task-definition/mailman-${name}:7`,
        digests: { [name]: digestOf(name, 7) },
        registered: false,
      })),
  })
  assert.equal(result.outcome, 'unchanged')
  assert.ok(!calls.some((call) => /^(update|move)/.test(call)))
})

test('an image that a host has lost is built again', async () => {
  let lost = false
  const { result, calls } = await releaseWith({
    findImages: async ({ target, commit }) =>
      target.images
        .slice(0, 1)
        .map(({ name }) => ({ name, repositoryUri: 'ecr/mailman', tag: `${name}-${commit}` })),
    pushImage: async ({ image }) => {
      if (!lost) {
        lost = true
        throw ApplicationFailure.nonRetryable('no such image', 'ImageNotHere')
      }
      return { ...image, digest: digestOf(image.name, 8) }
    },
  })
  assert.equal(result.outcome, 'succeeded')
  assert.equal(calls.filter((call) => call === 'prepareSource').length, 2)
})

test('a service that somebody else deploys meanwhile is left to them', async () => {
  const { result, calls } = await releaseWith({
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

test('a release that is cancelled takes back what it touched, and only then ends', async () => {
  const queue = newQueue()
  const waiting = Promise.withResolvers<void>()
  let waitIsOver = false
  const fake = fakes(queue, {
    waitForRollout: async () => {
      const context = Context.current()
      const beat = setInterval(() => context.heartbeat(), 50)
      waiting.resolve()
      try {
        await context.cancelled
      } catch (failure) {
        waitIsOver = true
        throw failure
      } finally {
        clearInterval(beat)
      }
      return live
    },
    rollBackService: async () => {
      assert.ok(waitIsOver, 'the way back must not race the wait')
      return live
    },
  })
  await withWorker(harness, queue, fake, async () => {
    const handle = await startRelease(harness, deployOf(targetFor(queue)))
    await waiting.promise
    await handle.cancel()
    const result = await endOf(handle)
    assert.equal(result.outcome, 'cancelled')
  })
  assert.ok(fake.calls.includes('rollBackService api'))
})

test('a release that is cancelled while a step fails is cancelled, not failed', async () => {
  const queue = newQueue()
  const failing = Promise.withResolvers<void>()
  const fake = fakes(queue, {
    updateService: async () => {
      const context = Context.current()
      const beat = setInterval(() => context.heartbeat(), 50)
      failing.resolve()
      await context.cancelled.catch(() => clearInterval(beat))
      // A server does not try again what was asked to stop; this one must be told not to.
      throw ApplicationFailure.nonRetryable('AWS is busy', 'Unavailable')
    },
  })
  await withWorker(harness, queue, fake, async () => {
    const handle = await startRelease(harness, deployOf(targetFor(queue)))
    await failing.promise
    await handle.cancel()
    assert.equal((await endOf(handle)).outcome, 'cancelled')
  })
  assert.ok(fake.calls.includes('rollBackService api'))
})

test('a release that is cancelled in a build touches nothing', async () => {
  const queue = newQueue()
  const building = Promise.withResolvers<void>()
  const fake = fakes(queue, {
    buildImage: async () => {
      const context = Context.current()
      const beat = setInterval(() => context.heartbeat(), 50)
      building.resolve()
      try {
        await context.cancelled
      } finally {
        clearInterval(beat)
      }
      throw new CancelledFailure('never here')
    },
  })
  await withWorker(harness, queue, fake, async () => {
    const handle = await startRelease(harness, deployOf(targetFor(queue)))
    await building.promise
    await handle.cancel()
    const result = await endOf(handle)
    assert.equal(result.outcome, 'cancelled')
    assert.match(result.message, /before anything was touched/)
  })
  assert.ok(!fake.calls.some((call) => /^(update|rollBack)/.test(call)))
})

test('a redeploy starts a new deployment of the revisions that run', async () => {
  const queue = newQueue()
  const forced: boolean[] = []
  const fake = fakes(queue, {
    updateService: async ({ service: { name }, revision, force }) => {
      forced.push(force)
      return { service: name, taskDefinition: revision.taskDefinition, deploymentId: 'ecs-svc/8' }
    },
  })
  await withWorker(harness, queue, fake, async () => {
    const target = targetFor(queue)
    const handle = await startRelease(harness, { kind: 'redeploy', target, requestedBy: 'ann' })
    const result = await endOf(handle)
    assert.equal(result.outcome, 'succeeded')
    assert.match(result.services[0]?.revision.taskDefinition ?? '', /mailman-api:7$/)
  })
  assert.deepEqual(forced, [true, true])
})
