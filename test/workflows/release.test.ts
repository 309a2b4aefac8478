import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import { WorkflowFailedError } from '@temporalio/client'
import { digestOf, fakes, live, specFor } from './fixtures.ts'
import { resultOf, newQueue, startHarness, startRelease, withWorker } from './harness.ts'
import { runRelease } from './run-release.ts'

const harness = await startHarness()
after(() => harness.close())

test('a release checks, builds, pushes, registers, deploys api before worker, and verifies', async () => {
  const { result, calls, history } = await runRelease(harness, {})
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

test('images build in parallel', async () => {
  let building = 0
  let most = 0
  const bothAtWork = Promise.withResolvers<void>()
  await runRelease(harness, {
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

test('a check that fails rejects the release with nothing built or touched', async () => {
  const { result, calls, handle } = await runRelease(harness, {
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

test('images that the registry already has are neither checked nor built again', async () => {
  const { result, calls } = await runRelease(harness, {
    findImages: async ({ spec, commit }) =>
      spec.images.map(({ name }) => ({
        name,
        repositoryUri: 'ecr/mailman',
        tag: `${name}-${commit}`,
        digest: digestOf(name, 8),
      })),
  })
  assert.equal(result.outcome, 'succeeded')
  assert.ok(!calls.some((call) => /^(prepareSource|runChecks|build|push)/.test(call)))
})

test('a release of the running revisions changes nothing', async () => {
  const { result, calls } = await runRelease(harness, {
    registerRevisions: async ({ spec }) =>
      spec.services.map(({ name }) => ({
        service: name,
        taskDefinition: `arn:aws:ecs:eu-west-1:123456789012:task-definition/mailman-${name}:7`,
        digests: { [name]: digestOf(name, 7) },
        registered: false,
      })),
  })
  assert.equal(result.outcome, 'unchanged')
  assert.ok(!calls.some((call) => /^(update|move)/.test(call)))
})

test('a rollback to what already runs says what that is, and how to go further back', async () => {
  const queue = newQueue()
  const { activities } = fakes(queue, {
    resolveRollback: async ({ spec }) =>
      spec.services.map(({ name }) => ({
        service: name,
        taskDefinition: `arn:aws:ecs:eu-west-1:123456789012:task-definition/mailman-${name}:7`,
        digests: { [name]: digestOf(name, 7) },
        registered: false,
      })),
  })
  const request = { kind: 'rollback', spec: specFor(queue), requestedBy: 'ann' } as const
  await withWorker(harness, queue, { calls: [], activities }, async () => {
    const plain = await resultOf(await startRelease(harness, request))
    assert.equal(plain.outcome, 'unchanged')
    const running =
      'What was requested already runs in production (mailman-api:7, mailman-worker:7): nothing to do.'
    assert.equal(
      plain.message,
      `${running} To go further back, choose a release (slipway releases production) and name it: slipway rollback production --to <release>`,
    )
    const named = await resultOf(await startRelease(harness, { ...request, to: 'mailman-api:7' }))
    assert.equal(named.message, running)
  })
})

test('a release of the running revision goes ahead where its last deployment has failed', async () => {
  const { result, calls } = await runRelease(harness, {
    inspectEnvironment: async (input) => {
      const { services, warnings } = await fakes('', {}).activities.inspectEnvironment(input)
      return {
        services: services.map((one) =>
          one.name === 'worker' ? { ...one, needsDeployment: true } : one,
        ),
        warnings,
      }
    },
    registerRevisions: async ({ spec }) =>
      spec.services.map(({ name }) => ({
        service: name,
        taskDefinition: `arn:aws:ecs:eu-west-1:123456789012:task-definition/mailman-${name}:7`,
        digests: { [name]: digestOf(name, 7) },
        registered: false,
      })),
  })
  assert.equal(result.outcome, 'succeeded')
  assert.deepEqual(
    calls.filter((call) => call.startsWith('updateService')),
    ['updateService worker'],
  )
})

test('a release warns of each service of which no task runs in the end', async () => {
  const { result } = await runRelease(harness, {
    verifyRelease: async () => ({ ...live, withoutTasks: ['worker'] }),
  })
  assert.equal(result.outcome, 'succeeded')
  assert.equal(result.warnings.length, 1)
  assert.match(
    result.warnings[0] ?? '',
    /No task of service "mailman-worker" runs, .* not verified/,
  )
})

test('an image that a host has lost is built again', async () => {
  let lost = false
  const { result, calls } = await runRelease(harness, {
    findImages: async ({ spec, commit }) =>
      spec.images
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

test('a redeploy starts a new deployment of the running revisions', async () => {
  const queue = newQueue()
  const forced: boolean[] = []
  const fake = fakes(queue, {
    updateService: async ({ service: { name }, revision, force }) => {
      forced.push(force)
      return { service: name, taskDefinition: revision.taskDefinition, deploymentId: 'ecs-svc/8' }
    },
  })
  await withWorker(harness, queue, fake, async () => {
    const spec = specFor(queue)
    const handle = await startRelease(harness, { kind: 'redeploy', spec, requestedBy: 'ann' })
    const result = await resultOf(handle)
    assert.equal(result.outcome, 'succeeded')
    assert.match(result.services[0]?.revision.taskDefinition ?? '', /mailman-api:7$/)
  })
  assert.deepEqual(forced, [true, true])
})
