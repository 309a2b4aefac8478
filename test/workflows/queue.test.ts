import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { WorkflowNotFoundError } from '@temporalio/client'
import { followRelease } from '../../client/follow/follow.ts'
import {
  heldRollout,
  startEnvironmentHarness,
  until,
  withEnvironment,
} from './environment-fixture.ts'
import { anotherCommit, commit } from './fixtures.ts'

const harness = await startEnvironmentHarness()
after(() => harness.close())

const commitOf = (index: number) => index.toString(16).padStart(8, '0').padEnd(40, '0')
const commits = Array.from({ length: 20 }, (_, index) => commitOf(index))

test('of twenty simultaneous requests one runs, the newest waits, and the others learn what superseded them', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const accepted = await Promise.all(commits.map((one) => environment.deploy(one)))
    const status = await environment.status()
    assert.equal(accepted.filter(({ runId }) => runId !== undefined).length, 1)
    assert.equal(status.waiting.length, 1)
    assert.equal(status.superseded.length, 18)
    const over = new Map(status.superseded.map(({ id, by }) => [id, by]))
    // Each gets the right answer at once, and can follow its release to the end as the command does.
    for (const { releaseId, runId, message } of accepted) {
      const expected = runId === undefined ? /waits|took its place/ : /has started/
      assert.match(message, expected, releaseId)
    }
    const { client } = harness.env
    const following = accepted.map(({ releaseId: id, runId }) =>
      followRelease(client, { id, runId }, { everyMs: 100 }),
    )
    wait.finish()
    const last = status.waiting[0]?.id
    const ended = await until(
      () => environment.status(),
      ({ releases }) => releases.length === 2,
    )
    assert.equal(ended.releases[0]?.id, last)
    assert.equal(ended.live?.id, last)
    for (const { id, outcome, message } of await Promise.all(following)) {
      const by = over.get(id)
      assert.equal(outcome, by === undefined ? 'succeeded' : 'superseded', id)
      if (by === undefined) continue
      assert.ok(message.startsWith(`${by} took its place`), message)
      // A superseded request has no workflow of its own.
      await assert.rejects(client.workflow.getHandle(id).describe(), WorkflowNotFoundError)
    }
  })
})

test('with the policy queue, every request runs in its turn', async () => {
  await withEnvironment(
    harness,
    {},
    async (environment) => {
      const accepted = []
      for (const one of commits.slice(0, 4)) accepted.push(await environment.deploy(one))
      const { releases } = await until(
        () => environment.status(),
        (status) => status.releases.length === 4,
      )
      assert.deepEqual(
        releases.map(({ id }) => id).toReversed(),
        accepted.map(({ releaseId }) => releaseId),
      )
    },
    { policy: 'queue' },
  )
})

test('a newer deploy can cancel the running one, which rolls back what it touched', async () => {
  const wait = heldRollout()
  await withEnvironment(
    harness,
    { waitForRollout: wait.waitForRollout },
    async (environment) => {
      const first = await environment.deploy(commit)
      await wait.begun
      await environment.deploy(anotherCommit)
      assert.equal((await environment.end(first)).outcome, 'cancelled')
      assert.ok(environment.calls.includes('rollBackService api'))
      wait.finish()
      const { live } = await until(
        () => environment.status(),
        (status) => status.releases.length === 2,
      )
      assert.equal(live?.commit, anotherCommit)
    },
    { supersedeRunning: true },
  )
})

test('a rollback to a named release runs before waiting deploys', async () => {
  let held = heldRollout()
  await withEnvironment(
    harness,
    { waitForRollout: () => held.waitForRollout() },
    async (environment) => {
      held.finish()
      const first = await environment.deploy(commit)
      await environment.end(first)
      await environment.end(await environment.deploy(anotherCommit))
      held = heldRollout()
      await environment.deploy('c'.repeat(40))
      await held.begun
      await environment.deploy('d'.repeat(40))
      await environment.request({
        kind: 'rollback',
        spec: environment.spec,
        requestedBy: 'bob',
        to: first.releaseId,
      })
      held.finish()
      const { releases } = await until(
        () => environment.status(),
        (status) => status.releases.length === 5,
      )
      assert.deepEqual(
        releases
          .map(({ kind, outcome }) => [kind, outcome])
          .toReversed()
          .slice(2),
        [
          ['deploy', 'cancelled'],
          ['rollback', releases[1]?.outcome],
          ['deploy', 'succeeded'],
        ],
      )
    },
  )
})

test('a thousand requests across continue-as-new: none is lost, and neither is a freeze or the ledger', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    wait.finish()
    await environment.end(await environment.deploy(commit))
    await environment.handle.executeUpdate('freeze', {
      args: [{ reason: 'a thousand', requestedBy: 'ann' }],
    })
    const ids = new Set<string>()
    const first = (await environment.handle.describe()).runId
    for (let round = 0; round < 125; round += 1) {
      const asked = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          environment.request({
            kind: 'deploy',
            spec: environment.spec,
            commit: commitOf(round * 8 + index),
            subject: '',
            requestedBy: 'ci',
            override: { reason: 'test' },
          }),
        ),
      )
      for (const { releaseId } of asked) ids.add(releaseId)
    }
    assert.equal(ids.size, 1_000)
    const status = await until(
      () => environment.status(),
      ({ running, waiting }) => running === undefined && waiting.length === 0,
    )
    assert.notEqual((await environment.handle.describe()).runId, first, 'it has continued as new')
    assert.equal(status.freeze?.reason, 'a thousand')
    assert.equal(status.live?.outcome, 'succeeded')
    const known = new Set([...status.superseded, ...status.releases].map(({ id }) => id))
    for (const id of [...ids].slice(-400)) assert.ok(known.has(id), id)
  })
})
