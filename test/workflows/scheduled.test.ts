import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import type { ScheduledResult, ScheduledWork } from '../../contract/schedules.ts'
import {
  type EnvironmentFixture,
  heldRollout,
  startEnvironmentHarness,
  until,
  withEnvironment,
} from './environment-fixture.ts'
import { anotherCommit, commit } from './fixtures.ts'
import { startScheduledRun } from './scheduled-run.ts'

const harness = await startEnvironmentHarness()
after(() => harness.close())

const begin = (environment: EnvironmentFixture, what: ScheduledWork) =>
  startScheduledRun(harness, environment, what)

const resultOf = async (handle: WorkflowHandle) => (await handle.result()) as ScheduledResult

async function failureOf(handle: WorkflowHandle): Promise<ApplicationFailure> {
  const error: unknown = await handle.result().catch((failure: unknown) => failure)
  assert.ok(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure)
  return error.cause
}

async function noBranch(): Promise<never> {
  throw ApplicationFailure.nonRetryable('There is no branch "gone".', 'PreconditionFailed')
}

const unhealthy: RolloutEnd = {
  kind: 'failed',
  reason: 'It is unhealthy.',
  cause: 'Health checks fail.',
}

test('a scheduled redeploy is an ordinary release of the environment, and ends as that does', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    const { outcome, release } = await resultOf(await begin(environment, { kind: 'redeploy' }))
    assert.equal(outcome, 'succeeded')
    const { releases } = await environment.status()
    assert.deepEqual([releases[0]?.id, releases[0]?.kind], [release, 'redeploy'])
    assert.match(releases[0]?.requestedBy ?? '', /^schedule nightly of ann@laptop$/)
  })
})

test('a scheduled run starts the environment if there is none yet', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    assert.equal(
      (await resultOf(await begin(environment, { kind: 'redeploy' }))).outcome,
      'succeeded',
    )
    assert.equal((await environment.status()).releases.length, 1)
  })
})

test('a scheduled run waits for its turn', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const first = await environment.deploy(commit)
    await wait.begun
    const run = await begin(environment, { kind: 'redeploy' })
    const { waiting, running } = await until(
      () => environment.status(),
      (status) => status.waiting.length > 0,
    )
    assert.equal(running?.id, first.releaseId)
    assert.equal(waiting[0]?.kind, 'redeploy')
    wait.finish()
    assert.deepEqual((await resultOf(run)).release, waiting[0]?.id)
  })
})

test('a scheduled run that is superseded or rejected by a freeze says so and does not fail', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    await environment.deploy('a'.repeat(40))
    await wait.begun
    const run = await begin(environment, { kind: 'deploy' })
    await until(
      () => environment.status(),
      ({ waiting }) => waiting.length > 0,
    )
    const newer = await environment.deploy(anotherCommit)
    const { outcome, message } = await resultOf(run)
    assert.equal(outcome, 'superseded')
    assert.match(message, new RegExp(newer.releaseId))
    await environment.handle.signal('freeze', { reason: 'incident 42' })
    const frozen = await resultOf(await begin(environment, { kind: 'redeploy' }))
    assert.equal(frozen.outcome, 'skipped')
    assert.match(frozen.message, /is frozen by .* \(incident 42\)/)
    const { controls } = await environment.status()
    assert.match(controls[0]?.rejected ?? '', /is frozen/)
    wait.finish()
  })
})

test('a scheduled run fails as its release does', async () => {
  await withEnvironment(harness, { waitForRollout: async () => unhealthy }, async (environment) => {
    const { type, message } = await failureOf(await begin(environment, { kind: 'redeploy' }))
    assert.equal(type, 'rolled_back')
    assert.match(message, /Health checks fail/)
  })
})

test('a scheduled deploy builds new images of the newest commit of its branch', async () => {
  const asked: unknown[] = []
  await withEnvironment(
    harness,
    {
      findBranch: async (input) => {
        asked.push(input.branch)
        return { commit, subject: 'Say hello', committedAt: 0 }
      },
      findImages: async ({ spec, commit: requested, rebuild }) => {
        asked.push([requested, typeof rebuild])
        return spec.images.map(({ name }) => ({ name, repositoryUri: 'ecr', tag: name }))
      },
    },
    async (environment) => {
      const run = await begin(environment, { kind: 'deploy', branch: '--upload-pack=touch owned' })
      assert.equal((await resultOf(run)).outcome, 'succeeded')
      assert.deepEqual(asked, ['--upload-pack=touch owned', [commit, 'string']])
      assert.equal((await environment.status()).live?.commit, commit)
    },
  )
})

test('an unknown branch ends the run as rejected, without a request to the environment', async () => {
  await withEnvironment(harness, { findBranch: noBranch }, async (environment) => {
    const { type, message } = await failureOf(
      await begin(environment, { kind: 'deploy', branch: 'gone' }),
    )
    assert.deepEqual([type, message], ['rejected', 'There is no branch "gone".'])
  })
})

test('a signal from the Temporal UI requests a redeploy; a malformed one does no harm and is shown', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    const bodies: unknown[] = [
      undefined,
      42,
      'redeploy',
      { kind: 'launch' },
      { kind: 'deploy', commit: 'main' },
      { kind: 'redeploy', spec: { environment: 'x' } },
      { kind: 'deploy', commit, rebuild: '../../x' },
    ]
    for (const body of bodies) await environment.handle.signal('release', body)
    await environment.handle.signal('release', { kind: 'redeploy', requestedBy: 'ann' })
    const { releases, controls } = await until(
      () => environment.status(),
      (status) => status.releases.length === 2,
    )
    assert.deepEqual([releases[0]?.kind, releases[0]?.requestedBy], ['redeploy', 'ann'])
    assert.equal(controls.filter(({ rejected }) => rejected !== undefined).length, bodies.length)
  })
})

test('a scheduled run learns of the end even if the environment continues as new in the meantime', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    await environment.deploy(commit)
    await wait.begun
    const { runId } = await environment.handle.describe()
    const run = await begin(environment, { kind: 'redeploy' })
    await until(
      () => environment.status(),
      ({ waiting }) => waiting.length > 0,
    )
    // Enough events for the server to suggest continue-as-new before the next release.
    await Promise.all(Array.from({ length: 400 }, () => environment.handle.signal('freeze', 42)))
    wait.finish()
    assert.equal((await resultOf(run)).outcome, 'succeeded')
    assert.notEqual((await environment.handle.describe()).runId, runId)
  })
})
