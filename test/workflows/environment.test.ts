import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import * as protocol from '../../contract/messages.ts'
import { heldWait, startDoorHarness, until, withDoor } from './environment-fixture.ts'
import { anotherCommit, commit, deployOf } from './fixtures.ts'
import type { Harness } from './harness.ts'
import { refusalOf } from './refusals.ts'

let harness: Harness
before(async () => {
  harness = await startDoorHarness()
})
after(() => harness.close())

test('where the policy is to reject, another release is refused with the name of the one that runs, and the same commit joins it', async () => {
  const wait = heldWait()
  await withDoor(
    harness,
    { waitForRollout: wait.waitForRollout },
    async (door) => {
      const first = await door.deploy(commit)
      await wait.begun
      const refused = await refusalOf(door.deploy(anotherCommit))
      assert.ok(refused.includes(first.releaseId), refused)
      assert.match(refused, /asked for by ann@laptop/)
      const again = await door.deploy(commit)
      assert.deepEqual(
        [again.releaseId, again.runId, again.joined],
        [first.releaseId, first.runId, true],
      )
      assert.equal((await door.status()).running?.id, first.releaseId)
      wait.letGo()
      assert.equal((await door.end(first)).outcome, 'succeeded')
      const next = await door.deploy(anotherCommit)
      assert.equal((await door.end(next)).outcome, 'succeeded')
    },
    { policy: 'reject' },
  )
})

test('where the policy is to reject, of requests that come at the same moment one is let in', async () => {
  const wait = heldWait()
  await withDoor(
    harness,
    { waitForRollout: wait.waitForRollout },
    async (door) => {
      const asked = await Promise.allSettled(
        ['a', 'b', 'c', 'd'].map((digit) => door.deploy(digit.repeat(40))),
      )
      assert.equal(asked.filter((one) => one.status === 'fulfilled').length, 1)
      wait.letGo()
    },
    { policy: 'reject' },
  )
})

test('the same commit asked for at the same moment is one release, which all of them join', async () => {
  const wait = heldWait()
  await withDoor(harness, { waitForRollout: wait.waitForRollout }, async (door) => {
    const asked = await Promise.all([1, 2, 3, 4].map(() => door.deploy(commit)))
    assert.equal(new Set(asked.map(({ runId }) => runId)).size, 1)
    assert.equal(asked.filter(({ joined }) => !joined).length, 1)
    wait.letGo()
    assert.equal((await door.end(asked[0] ?? assert.fail())).outcome, 'succeeded')
    assert.equal((await door.status()).releases.length, 1)
  })
})

test('a rollback by Update brings back what ran before the live release', async () => {
  await withDoor(harness, {}, async (door) => {
    await door.end(await door.deploy(commit))
    const { live: deployed } = await door.status()
    assert.equal(deployed?.commit, commit)
    const accepted = await door.handle.executeUpdate(protocol.requestRollback, {
      args: [{ kind: 'rollback', target: door.target, requestedBy: 'bob', reason: 'slow' }],
    })
    assert.match(accepted.releaseId, /\/rollback-/)
  })
})

test('a rollback by signal needs no body, and is in the ledger', async () => {
  const target: string[] = []
  await withDoor(
    harness,
    {
      inspectEnvironment: async ({ target: { services } }) => ({
        services: services.map(({ name }) => ({
          name,
          now: { taskDefinition: `${name}:8`, digests: {} },
          wayBack: {
            taskDefinition: `${name}:7`,
            digests: {},
            deploymentId: '1',
            standing: 'succeeded',
          },
          desiredCount: 1,
        })),
        warnings: [],
      }),
      updateService: async ({ service: { name }, revision }) => {
        target.push(revision.taskDefinition)
        return { service: name, taskDefinition: revision.taskDefinition, deploymentId: '2' }
      },
    },
    async (door) => {
      await door.end(await door.deploy(commit))
      target.length = 0
      await door.handle.signal(protocol.rollbackSignal)
      const status = await until(
        () => door.status(),
        ({ releases }) => releases.length === 2,
      )
      assert.equal(status.releases[0]?.kind, 'rollback')
      assert.equal(status.releases[0]?.outcome, 'succeeded')
      assert.deepEqual(target, ['api:7', 'worker:7'])
    },
  )
})

test('a rollback while a release runs takes that one back', async () => {
  const wait = heldWait()
  await withDoor(harness, { waitForRollout: wait.waitForRollout }, async (door) => {
    const running = await door.deploy(commit)
    await wait.begun
    const accepted = await door.handle.executeUpdate(protocol.requestRollback, { args: [{}] })
    assert.equal(accepted.releaseId, running.releaseId)
    assert.equal((await door.end(running)).outcome, 'cancelled')
    assert.ok(door.calls.includes('rollBackService api'))
  })
})

test('a rollback with nothing to go back to is rejected, and a signal to that end harms nothing', async () => {
  await withDoor(harness, { runChecks: async () => failChecks() }, async (door) => {
    const first = await door.deploy(commit)
    assert.equal((await door.end(first)).outcome, 'rejected')
    const back = await door.ask({ kind: 'rollback', target: door.target, requestedBy: 'bob' })
    const { outcome, message } = await door.end(back)
    assert.equal(outcome, 'rejected')
    assert.match(message, /nothing to go back to/)
    await door.handle.signal(protocol.rollbackSignal, { to: 'nowhere' })
    await door.handle.signal('rollback', 'not an object')
    assert.equal((await door.status()).releases.length, 2)
  })
})

test('an environment of another project is not touched', async () => {
  await withDoor(harness, {}, async (door) => {
    await door.end(await door.deploy(commit))
    const refused = await refusalOf(
      door.ask(deployOf({ ...door.target, project: 'other' }, { commit: anotherCommit })),
    )
    assert.match(refused, /belongs to project mailman/)
  })
})

function failChecks(): never {
  throw ApplicationFailure.nonRetryable('make check exited with 2', 'ChecksFailed')
}

test('where the configuration has changed between two requests each release goes by its own', async () => {
  const wait = heldWait()
  const seen: [cluster: string, services: string][] = []
  const otherwise: Parameters<typeof withDoor>[1] = {
    waitForRollout: wait.waitForRollout,
    findImages: async ({ target, commit: wanted }) => {
      seen.push([target.cluster, target.services.map(({ name }) => name).join()])
      return target.images.map(({ name }) => ({ name, repositoryUri: 'ecr', tag: wanted }))
    },
  }
  await withDoor(
    harness,
    otherwise,
    async (door) => {
      const { target } = door
      const first = await door.deploy(commit)
      await wait.begun
      const changed = {
        ...target,
        cluster: 'elsewhere',
        services: target.services.filter(({ name }) => name === 'api'),
        door: { ...target.door, policy: 'queue' as const, approval: { timeoutMs: 600_000 } },
      }
      const second = await door.ask(deployOf(changed, { commit: anotherCommit }))
      const third = await door.deploy('c'.repeat(40)).catch((failure: unknown) => failure)
      assert.ok(third instanceof Error, 'the policy to reject is that of the request')
      const { waiting } = await door.status()
      assert.deepEqual(
        waiting.map(({ id, approval }) => [id, approval?.kind]),
        [[second.releaseId, 'needed']],
      )
      wait.letGo()
      await door.end(first)
      await door.handle.executeUpdate('approve', { args: [{ requestedBy: 'bob' }] })
      assert.equal((await door.end(second)).outcome, 'succeeded')
      const services = target.services.map(({ name }) => name).join()
      assert.deepEqual(seen, [
        [target.cluster, services],
        ['elsewhere', 'api'],
      ])
      const { releases, live } = await door.status()
      assert.equal(releases.length, 2)
      assert.deepEqual(live?.services.map(({ name }) => name).toSorted(), ['api', 'worker'])
    },
    { policy: 'reject' },
  )
})
