import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import type { ScheduledResult, ScheduledWork } from '../../contract/schedules.ts'
import {
  type EnvironmentFixture,
  heldWait,
  startEnvironmentHarness,
  until,
  withEnvironment,
} from './environment-fixture.ts'
import { anotherCommit, commit } from './fixtures.ts'
import type { Harness } from './harness.ts'
import { beginScheduled } from './scheduled-run.ts'

let harness: Harness
before(async () => {
  harness = await startEnvironmentHarness()
})
after(() => harness.close())

const begin = (environment: EnvironmentFixture, what: ScheduledWork) =>
  beginScheduled(harness, environment, what)

const resultOf = async (handle: WorkflowHandle) => (await handle.result()) as ScheduledResult

async function failureOf(handle: WorkflowHandle): Promise<ApplicationFailure> {
  const error: unknown = await handle.result().catch((failure: unknown) => failure)
  assert.ok(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure)
  return error.cause
}

async function noBranch(): Promise<never> {
  throw ApplicationFailure.nonRetryable('There is no branch "gone".', 'PreconditionFailed')
}

const sick: RolloutEnd = { kind: 'failed', reason: 'It is sick.', cause: 'Health checks fail.' }

test('a scheduled redeploy is a release of the environment like any other, and ends as it did', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    const { outcome, release } = await resultOf(await begin(environment, { kind: 'redeploy' }))
    assert.equal(outcome, 'succeeded')
    const { releases } = await environment.status()
    assert.deepEqual([releases[0]?.id, releases[0]?.kind], [release, 'redeploy'])
    assert.match(releases[0]?.requestedBy ?? '', /^schedule nightly of ann@laptop$/)
  })
})

test('it starts the environment where nobody has asked for anything yet', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    assert.equal(
      (await resultOf(await begin(environment, { kind: 'redeploy' }))).outcome,
      'succeeded',
    )
    assert.equal((await environment.status()).releases.length, 1)
  })
})

test('in a busy environment it waits for its turn', async () => {
  const wait = heldWait()
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
    wait.letGo()
    assert.deepEqual((await resultOf(run)).release, waiting[0]?.id)
  })
})

test('what it asked for may be superseded, or refused by a freeze: it says so and has not failed', async () => {
  const wait = heldWait()
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
    wait.letGo()
  })
})

test('it fails as the release did', async () => {
  await withEnvironment(harness, { waitForRollout: async () => sick }, async (environment) => {
    const { type, message } = await failureOf(await begin(environment, { kind: 'redeploy' }))
    assert.equal(type, 'rolled_back')
    assert.match(message, /Health checks fail/)
  })
})

test('a scheduled deploy builds the newest commit of its branch anew', async () => {
  const asked: unknown[] = []
  await withEnvironment(
    harness,
    {
      findBranch: async (input) => {
        asked.push(input.branch)
        return { commit, subject: 'Say hello', committedAt: 0 }
      },
      findImages: async ({ spec, commit: wanted, rebuild }) => {
        asked.push([wanted, typeof rebuild])
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

test('a branch that is not there ends the run as rejected, and asks the environment for nothing', async () => {
  await withEnvironment(harness, { findBranch: noBranch }, async (environment) => {
    const { type, message } = await failureOf(
      await begin(environment, { kind: 'deploy', branch: 'gone' }),
    )
    assert.deepEqual([type, message], ['rejected', 'There is no branch "gone".'])
  })
})

test('at the Temporal UI a signal asks for a redeploy; a malformed one harms nothing and is shown', async () => {
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

test('who asked is told of the end though the environment continued as new meanwhile', async () => {
  const wait = heldWait()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    await environment.deploy(commit)
    await wait.begun
    const { runId } = await environment.handle.describe()
    const run = await begin(environment, { kind: 'redeploy' })
    await until(
      () => environment.status(),
      ({ waiting }) => waiting.length > 0,
    )
    // So many events that the server asks for a new run before the next release.
    await Promise.all(Array.from({ length: 400 }, () => environment.handle.signal('freeze', 42)))
    wait.letGo()
    assert.equal((await resultOf(run)).outcome, 'succeeded')
    assert.notEqual((await environment.handle.describe()).runId, runId)
  })
})
