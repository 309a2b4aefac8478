import type { ControlBody } from '../../contract/controls.ts'
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as protocol from '../../contract/messages.ts'
import {
  heldRollout,
  startEnvironmentHarness,
  until,
  withEnvironment,
  type EnvironmentFixture,
} from './environment-fixture.ts'
import { anotherCommit, commit } from './fixtures.ts'
import { rejectionOf } from './rejected-update.ts'

const harness = await startEnvironmentHarness()
after(() => harness.close())

type Kind = (typeof protocol.plainControls)[number]

/** Each control must work as an Update and as a signal. */
const senders = {
  Update: (environment: EnvironmentFixture, kind: Kind, body: ControlBody) =>
    environment.handle.executeUpdate(protocol.controlUpdates[kind], { args: [body] }),
  signal: async (environment: EnvironmentFixture, kind: Kind, body: ControlBody) => {
    const earlier = (await environment.status()).controls.length
    await environment.handle.signal(kind, body)
    await until(
      () => environment.status(),
      ({ controls }) => controls.length > earlier,
    )
  },
} as const

for (const [way, send] of Object.entries(senders)) {
  test(`a freeze by ${way} rejects deploys, admits rollbacks, and can be lifted`, async () => {
    await withEnvironment(harness, {}, async (environment) => {
      await environment.end(await environment.deploy(commit))
      await send(environment, 'freeze', { reason: 'incident', requestedBy: 'ann' })
      const rejected = await rejectionOf(environment.deploy(anotherCommit))
      assert.match(rejected, /is frozen by ann \(incident\).*--override-freeze/)
      await environment.handle.signal(protocol.rollbackSignal)
      await until(
        () => environment.status(),
        ({ releases }) => releases.length === 2,
      )
      await send(environment, 'unfreeze', {})
      await environment.end(await environment.deploy(anotherCommit))
      const { controls } = await environment.status()
      assert.deepEqual(
        controls.map(({ kind }) => kind),
        ['unfreeze', 'rollback', 'freeze'],
      )
      assert.equal(controls[2]?.by, 'ann')
      assert.equal(controls[2]?.reason, 'incident')
    })
  })

  test(`a deploy waits for its approval, which comes by ${way}`, async () => {
    await withEnvironment(
      harness,
      {},
      async (environment) => {
        const asked = await environment.deploy(commit)
        assert.equal(asked.runId, undefined)
        assert.match(asked.message, /waits for an approval/)
        await send(environment, 'approve', { requestedBy: 'bob' })
        assert.equal((await environment.end(asked)).outcome, 'succeeded')
      },
      { approval: { timeoutMs: 60_000 } },
    )
  })

  test(`a deploy that is rejected by ${way} ends as rejected and never runs`, async () => {
    await withEnvironment(
      harness,
      {},
      async (environment) => {
        const asked = await environment.deploy(commit)
        await send(environment, 'reject', { requestedBy: 'bob', reason: 'not today' })
        const [entry] = (await environment.status()).releases
        assert.equal(entry?.id, asked.releaseId)
        assert.equal(entry?.outcome, 'rejected')
        assert.match(entry?.message ?? '', /bob \(not today\)/)
        assert.deepEqual(environment.calls, [])
      },
      { approval: { timeoutMs: 60_000 } },
    )
  })

  test(`a release that is paused by ${way} stops before its next step until it is resumed`, async () => {
    const checking = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    await withEnvironment(
      harness,
      {
        runChecks: async () => {
          checking.resolve()
          await go.promise
        },
      },
      async (environment) => {
        const asked = await environment.deploy(commit)
        await checking.promise
        await send(environment, 'pause', { requestedBy: 'ann', reason: 'look first' })
        const paused = () => environment.release(asked).query(protocol.releaseStatus)
        await until(paused, (status) => status.paused?.by === 'ann')
        go.resolve()
        await until(paused, ({ steps }) => steps.at(-1)?.state === 'done')
        assert.ok(!environment.calls.includes('buildImage api'))
        await send(environment, 'resume', {})
        assert.equal((await environment.end(asked)).outcome, 'succeeded')
      },
    )
  })

  test(`a release that is cancelled by ${way} rolls back what it touched`, async () => {
    const wait = heldRollout()
    await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
      const asked = await environment.deploy(commit)
      await wait.begun
      await send(environment, 'cancel', { requestedBy: 'ann' })
      assert.equal((await environment.end(asked)).outcome, 'cancelled')
      assert.ok(environment.calls.includes('rollBackService api'))
    })
  })
}

test('an approval that does not come in time rejects the deploy', async () => {
  await withEnvironment(
    harness,
    {},
    async (environment) => {
      await environment.deploy(commit)
      const { releases } = await until(
        () => environment.status(),
        (status) => status.releases.length === 1,
      )
      assert.equal(releases[0]?.outcome, 'rejected')
      assert.match(releases[0]?.message ?? '', /Not approved in time/)
    },
    { approval: { timeoutMs: 1_000 } },
  )
})

test('a freeze with an end expires', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    const end = new Date(Date.now() + 2_000).toISOString()
    await environment.handle.executeUpdate(protocol.controlUpdates.freeze, {
      args: [{ until: end }],
    })
    assert.match(await rejectionOf(environment.deploy(anotherCommit)), /is frozen until/)
    await until(
      async () => Date.now(),
      (now) => now > Date.parse(end),
    )
    await environment.end(await environment.deploy(anotherCommit))
  })
})

test('a control that is impossible is rejected with the reason, and recorded', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    for (const kind of ['approve', 'cancel', 'pause', 'reject', 'resume', 'unfreeze'] as const) {
      const update = environment.handle.executeUpdate(protocol.controlUpdates[kind], { args: [{}] })
      assert.match(await rejectionOf(update), /waits for an approval|nothing runs|is not frozen/)
    }
    const { controls } = await environment.status()
    assert.equal(controls.filter(({ rejected }) => rejected !== undefined).length, 6)
  })
})

test('malformed signals do no harm, and are shown', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    for (const body of ['text', 7, [1], { reason: 7 }, { until: 'some day' }]) {
      await environment.handle.signal('freeze', body)
    }
    const { controls, freeze } = await until(
      () => environment.status(),
      (status) => status.controls.length === 5,
    )
    assert.equal(freeze, undefined)
    for (const { rejected } of controls) assert.match(rejected ?? '', /expected nothing, or/)
    assert.equal(
      (await environment.end(await environment.deploy(anotherCommit))).outcome,
      'succeeded',
    )
  })
})

test('malformed Updates are rejected with the reason, and the environment continues', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    const { spec } = environment
    const requestedBy = 'somebody'
    const { stability: _, ...incompleteSpec } = spec
    const good = { kind: 'deploy', commit: anotherCommit, subject: '', requestedBy, spec }
    const bodies: readonly [unknown, RegExp][] = [
      [null, /found null/],
      ['deploy', /found "deploy"/],
      [[good], /expected an object/],
      [{ ...good, kind: 'launch' }, /"kind" is "launch"/],
      [{ ...good, commit: 'main' }, /"commit" is not a full commit id/],
      [{ ...good, requestedBy: 7 }, /"requestedBy" is not a text/],
      [{ ...good, override: true }, /"override" has no "reason"/],
      [{ ...good, spec: undefined }, /a "spec" is needed/],
      [{ ...good, spec: incompleteSpec }, /"spec" is not an environment/],
      [{ ...good, spec: { ...spec, services: [{ name: 'api' }] } }, /"spec" is not an env/],
      [{ kind: 'redeploy', spec: 'production', requestedBy }, /"spec" is not an environment/],
      [{ kind: 'rollback', requestedBy }, /"spec" is not an environment/],
    ]
    for (const [body, expected] of bodies) {
      const update = environment.handle.executeUpdate('release', { args: [body] })
      assert.match(await rejectionOf(update), expected)
    }
    for (const body of ['back', [], { to: 7 }, { spec: incompleteSpec }]) {
      const update = environment.handle.executeUpdate('rollback', { args: [body] })
      assert.match(await rejectionOf(update), /expected an object|"to" is not a text|"spec" is not/)
    }
    assert.equal(
      (await environment.end(await environment.deploy(anotherCommit))).outcome,
      'succeeded',
    )
    assert.equal((await environment.status()).releases.length, 2)
  })
})
