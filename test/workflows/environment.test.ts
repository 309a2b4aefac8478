import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import * as protocol from '../../contract/messages.ts'
import {
  heldRollout,
  startEnvironmentHarness,
  until,
  withEnvironment,
} from './environment-fixture.ts'
import { anotherCommit, commit, deployOf } from './fixtures.ts'
import { rejectionOf } from './rejected-update.ts'

const harness = await startEnvironmentHarness()
after(() => harness.close())

test('with the policy reject, another deploy is rejected with the name of the running one, and the same commit joins it', async () => {
  const wait = heldRollout()
  await withEnvironment(
    harness,
    { waitForRollout: wait.waitForRollout },
    async (environment) => {
      const first = await environment.deploy(commit)
      await wait.begun
      const rejected = await rejectionOf(environment.deploy(anotherCommit))
      assert.ok(rejected.includes(first.releaseId), rejected)
      assert.match(rejected, /requested by ann@laptop/)
      const again = await environment.deploy(commit)
      assert.deepEqual(
        [again.releaseId, again.runId, again.joined],
        [first.releaseId, first.runId, true],
      )
      assert.equal((await environment.status()).running?.id, first.releaseId)
      wait.finish()
      assert.equal((await environment.end(first)).outcome, 'succeeded')
      const next = await environment.deploy(anotherCommit)
      assert.equal((await environment.end(next)).outcome, 'succeeded')
    },
    { policy: 'reject' },
  )
})

test('with the policy reject, one of several simultaneous requests is admitted', async () => {
  const wait = heldRollout()
  await withEnvironment(
    harness,
    { waitForRollout: wait.waitForRollout },
    async (environment) => {
      const asked = await Promise.allSettled(
        ['a', 'b', 'c', 'd'].map((digit) => environment.deploy(digit.repeat(40))),
      )
      assert.equal(asked.filter((one) => one.status === 'fulfilled').length, 1)
      wait.finish()
    },
    { policy: 'reject' },
  )
})

test('simultaneous requests for the same commit join one release', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const asked = await Promise.all([1, 2, 3, 4].map(() => environment.deploy(commit)))
    assert.equal(new Set(asked.map(({ runId }) => runId)).size, 1)
    assert.equal(asked.filter(({ joined }) => !joined).length, 1)
    wait.finish()
    assert.equal((await environment.end(asked[0] ?? assert.fail())).outcome, 'succeeded')
    assert.equal((await environment.status()).releases.length, 1)
  })
})

test('a rollback by Update is accepted', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    const { live: deployed } = await environment.status()
    assert.equal(deployed?.commit, commit)
    const accepted = await environment.handle.executeUpdate(protocol.requestRollback, {
      args: [{ kind: 'rollback', spec: environment.spec, requestedBy: 'bob', reason: 'slow' }],
    })
    assert.match(accepted.releaseId, /\/rollback-/)
  })
})

test('a rollback by signal needs no body, and is in the ledger', async () => {
  const deployed: string[] = []
  await withEnvironment(
    harness,
    {
      inspectEnvironment: async ({ spec: { services } }) => ({
        services: services.map(({ name }) => ({
          name,
          now: { taskDefinition: `${name}:8`, digests: {} },
          rollbackTarget: {
            taskDefinition: `${name}:7`,
            digests: {},
            deploymentId: '1',
            hasSucceeded: true,
          },
          desiredCount: 1,
        })),
        warnings: [],
      }),
      updateService: async ({ service: { name }, revision }) => {
        deployed.push(revision.taskDefinition)
        return { service: name, taskDefinition: revision.taskDefinition, deploymentId: '2' }
      },
    },
    async (environment) => {
      await environment.end(await environment.deploy(commit))
      deployed.length = 0
      await environment.handle.signal(protocol.rollbackSignal)
      const status = await until(
        () => environment.status(),
        ({ releases }) => releases.length === 2,
      )
      assert.equal(status.releases[0]?.kind, 'rollback')
      assert.equal(status.releases[0]?.outcome, 'succeeded')
      assert.deepEqual(deployed, ['api:7', 'worker:7'])
    },
  )
})

test('a rollback while a release runs cancels it and rolls it back', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const running = await environment.deploy(commit)
    await wait.begun
    const accepted = await environment.handle.executeUpdate(protocol.requestRollback, {
      args: [{}],
    })
    assert.equal(accepted.releaseId, running.releaseId)
    assert.equal((await environment.end(running)).outcome, 'cancelled')
    assert.ok(environment.calls.includes('rollBackService api'))
  })
})

test('a rollback without a rollback target is rejected, and malformed rollback signals do no harm', async () => {
  await withEnvironment(harness, { runChecks: async () => failChecks() }, async (environment) => {
    const first = await environment.deploy(commit)
    assert.equal((await environment.end(first)).outcome, 'rejected')
    const back = await environment.request({
      kind: 'rollback',
      spec: environment.spec,
      requestedBy: 'bob',
    })
    const { outcome, message } = await environment.end(back)
    assert.equal(outcome, 'rejected')
    assert.match(message, /nothing to roll back to/)
    await environment.handle.signal(protocol.rollbackSignal, { to: 'nowhere' })
    await environment.handle.signal('rollback', 'not an object')
    assert.equal((await environment.status()).releases.length, 2)
  })
})

test('an environment of another project is not touched', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    const rejected = await rejectionOf(
      environment.request(
        deployOf({ ...environment.spec, project: 'other' }, { commit: anotherCommit }),
      ),
    )
    assert.match(rejected, /belongs to project mailman/)
  })
})

function failChecks(): never {
  throw ApplicationFailure.nonRetryable('make check exited with 2', 'ChecksFailed')
}

test('when the configuration changes between two requests, each release uses its own', async () => {
  const wait = heldRollout()
  const seen: [cluster: string, services: string][] = []
  const otherwise: Parameters<typeof withEnvironment>[1] = {
    waitForRollout: wait.waitForRollout,
    findImages: async ({ spec, commit: requested }) => {
      seen.push([spec.cluster, spec.services.map(({ name }) => name).join()])
      return spec.images.map(({ name }) => ({ name, repositoryUri: 'ecr', tag: requested }))
    },
  }
  await withEnvironment(
    harness,
    otherwise,
    async (environment) => {
      const { spec } = environment
      const first = await environment.deploy(commit)
      await wait.begun
      const changed = {
        ...spec,
        cluster: 'elsewhere',
        services: spec.services.filter(({ name }) => name === 'api'),
        admission: {
          ...spec.admission,
          policy: 'queue' as const,
          approval: { timeoutMs: 600_000 },
        },
      }
      const second = await environment.request(deployOf(changed, { commit: anotherCommit }))
      const third = await environment.deploy('c'.repeat(40)).catch((failure: unknown) => failure)
      assert.ok(third instanceof Error, 'the policy is that of the request')
      const { waiting } = await environment.status()
      assert.deepEqual(
        waiting.map(({ id, approval }) => [id, approval?.kind]),
        [[second.releaseId, 'needed']],
      )
      wait.finish()
      await environment.end(first)
      await environment.handle.executeUpdate('approve', { args: [{ requestedBy: 'bob' }] })
      assert.equal((await environment.end(second)).outcome, 'succeeded')
      const services = spec.services.map(({ name }) => name).join()
      assert.deepEqual(seen, [
        [spec.cluster, services],
        ['elsewhere', 'api'],
      ])
      const { releases, live } = await environment.status()
      assert.equal(releases.length, 2)
      assert.deepEqual(live?.services.map(({ name }) => name).toSorted(), ['api', 'worker'])
    },
    { policy: 'reject' },
  )
})
