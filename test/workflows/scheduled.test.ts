import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import type { ScheduledResult, ScheduledWork } from '../../contract/schedules.ts'
import { type Door, heldWait, startDoorHarness, until, withDoor } from './environment-fixture.ts'
import { anotherCommit, commit } from './fixtures.ts'
import type { Harness } from './harness.ts'
import { beginScheduled } from './scheduled-run.ts'

let harness: Harness
before(async () => {
  harness = await startDoorHarness()
})
after(() => harness.close())

const begin = (door: Door, what: ScheduledWork) => beginScheduled(harness, door, what)

const resultOf = async (handle: WorkflowHandle) => (await handle.result()) as ScheduledResult

async function failureOf(handle: WorkflowHandle): Promise<ApplicationFailure> {
  const error: unknown = await handle.result().catch((failure: unknown) => failure)
  assert.ok(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure)
  return error.cause
}

async function noBranch(): Promise<never> {
  throw ApplicationFailure.nonRetryable('There is no branch "gone".', 'Rejected')
}

const sick: RolloutEnd = { kind: 'failed', reason: 'It is sick.', cause: 'Health checks fail.' }

test('a scheduled redeploy is a release of the environment like any other, and ends as it did', async () => {
  await withDoor(harness, {}, async (door) => {
    await door.end(await door.deploy(commit))
    const { outcome, release } = await resultOf(await begin(door, { kind: 'redeploy' }))
    assert.equal(outcome, 'succeeded')
    const { releases } = await door.status()
    assert.deepEqual([releases[0]?.id, releases[0]?.kind], [release, 'redeploy'])
    assert.match(releases[0]?.requestedBy ?? '', /^schedule nightly of ann@laptop$/)
  })
})

test('it starts the environment where nobody has asked for anything yet', async () => {
  await withDoor(harness, {}, async (door) => {
    assert.equal((await resultOf(await begin(door, { kind: 'redeploy' }))).outcome, 'succeeded')
    assert.equal((await door.status()).releases.length, 1)
  })
})

test('in a busy environment it waits for its turn', async () => {
  const wait = heldWait()
  await withDoor(harness, { waitForRollout: wait.waitForRollout }, async (door) => {
    const first = await door.deploy(commit)
    await wait.begun
    const run = await begin(door, { kind: 'redeploy' })
    const { waiting, running } = await until(
      () => door.status(),
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
  await withDoor(harness, { waitForRollout: wait.waitForRollout }, async (door) => {
    await door.deploy('a'.repeat(40))
    await wait.begun
    const run = await begin(door, { kind: 'deploy' })
    await until(
      () => door.status(),
      ({ waiting }) => waiting.length > 0,
    )
    const newer = await door.deploy(anotherCommit)
    const { outcome, message } = await resultOf(run)
    assert.equal(outcome, 'superseded')
    assert.match(message, new RegExp(newer.releaseId))
    await door.handle.signal('freeze', { reason: 'incident 42' })
    const frozen = await resultOf(await begin(door, { kind: 'redeploy' }))
    assert.equal(frozen.outcome, 'skipped')
    assert.match(frozen.message, /is frozen by .* \(incident 42\)/)
    const { controls } = await door.status()
    assert.match(controls[0]?.refused ?? '', /is frozen/)
    wait.letGo()
  })
})

test('it fails as the release did', async () => {
  await withDoor(harness, { waitForRollout: async () => sick }, async (door) => {
    const { type, message } = await failureOf(await begin(door, { kind: 'redeploy' }))
    assert.equal(type, 'rolled_back')
    assert.match(message, /Health checks fail/)
  })
})

test('a scheduled deploy builds the newest commit of its branch anew', async () => {
  const asked: unknown[] = []
  await withDoor(
    harness,
    {
      findBranch: async (input) => {
        asked.push(input.branch)
        return { commit, subject: 'Say hello', committedAt: 0 }
      },
      findImages: async ({ target, commit: wanted, rebuild }) => {
        asked.push([wanted, typeof rebuild])
        return target.images.map(({ name }) => ({ name, repositoryUri: 'ecr', tag: name }))
      },
    },
    async (door) => {
      const run = await begin(door, { kind: 'deploy', branch: '--upload-pack=touch owned' })
      assert.equal((await resultOf(run)).outcome, 'succeeded')
      assert.deepEqual(asked, ['--upload-pack=touch owned', [commit, 'string']])
      assert.equal((await door.status()).live?.commit, commit)
    },
  )
})

test('a branch that is not there ends the run as rejected, and asks the environment for nothing', async () => {
  await withDoor(harness, { findBranch: noBranch }, async (door) => {
    const { type, message } = await failureOf(await begin(door, { kind: 'deploy', branch: 'gone' }))
    assert.deepEqual([type, message], ['rejected', 'There is no branch "gone".'])
  })
})

test('at the Temporal UI a signal asks for a redeploy; a malformed one harms nothing and is shown', async () => {
  await withDoor(harness, {}, async (door) => {
    await door.end(await door.deploy(commit))
    const bodies: unknown[] = [
      undefined,
      42,
      'redeploy',
      { kind: 'launch' },
      { kind: 'deploy', commit: 'main' },
      { kind: 'redeploy', target: { environment: 'x' } },
      { kind: 'deploy', commit, rebuild: '../../x' },
    ]
    for (const body of bodies) await door.handle.signal('release', body)
    await door.handle.signal('release', { kind: 'redeploy', requestedBy: 'ann' })
    const { releases, controls } = await until(
      () => door.status(),
      (status) => status.releases.length === 2,
    )
    assert.deepEqual([releases[0]?.kind, releases[0]?.requestedBy], ['redeploy', 'ann'])
    assert.equal(controls.filter(({ refused }) => refused !== undefined).length, bodies.length)
  })
})

test('who asked is told of the end though the environment continued as new meanwhile', async () => {
  const wait = heldWait()
  await withDoor(harness, { waitForRollout: wait.waitForRollout }, async (door) => {
    await door.deploy(commit)
    await wait.begun
    const { runId } = await door.handle.describe()
    const run = await begin(door, { kind: 'redeploy' })
    await until(
      () => door.status(),
      ({ waiting }) => waiting.length > 0,
    )
    // So many events that the server asks for a new run before the next release.
    await Promise.all(Array.from({ length: 400 }, () => door.handle.signal('freeze', 42)))
    wait.letGo()
    assert.equal((await resultOf(run)).outcome, 'succeeded')
    assert.notEqual((await door.handle.describe()).runId, runId)
  })
})
