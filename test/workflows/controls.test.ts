import type { ControlBody } from '../../contract/requests.ts'
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as protocol from '../../contract/messages.ts'
import { heldWait, startDoorHarness, until, withDoor, type Door } from './environment-fixture.ts'
import { anotherCommit, commit } from './fixtures.ts'
import type { Harness } from './harness.ts'
import { refusalOf } from './refusals.ts'

let harness: Harness
before(async () => {
  harness = await startDoorHarness()
})
after(() => harness.close())

type Kind = (typeof protocol.plainControls)[number]

/** The two ways into an environment; each control must work by both. */
const ways = {
  Update: (door: Door, kind: Kind, body: ControlBody) =>
    door.handle.executeUpdate(protocol.controlUpdates[kind], { args: [body] }),
  signal: async (door: Door, kind: Kind, body: ControlBody) => {
    const earlier = (await door.status()).controls.length
    await door.handle.signal(kind, body)
    await until(
      () => door.status(),
      ({ controls }) => controls.length > earlier,
    )
  },
} as const

for (const [way, send] of Object.entries(ways)) {
  test(`a freeze by ${way} keeps deploys out, lets rollbacks in, and is lifted`, async () => {
    await withDoor(harness, {}, async (door) => {
      await door.end(await door.deploy(commit))
      await send(door, 'freeze', { reason: 'incident', requestedBy: 'ann' })
      const refused = await refusalOf(door.deploy(anotherCommit))
      assert.match(refused, /is frozen by ann \(incident\).*--override-freeze/)
      await door.handle.signal(protocol.rollbackSignal)
      await until(
        () => door.status(),
        ({ releases }) => releases.length === 2,
      )
      await send(door, 'unfreeze', {})
      await door.end(await door.deploy(anotherCommit))
      const { controls } = await door.status()
      assert.deepEqual(
        controls.map(({ kind }) => kind),
        ['unfreeze', 'rollback', 'freeze'],
      )
      assert.equal(controls[2]?.by, 'ann')
      assert.equal(controls[2]?.reason, 'incident')
    })
  })

  test(`a deploy waits for its approval, which comes by ${way}`, async () => {
    await withDoor(
      harness,
      {},
      async (door) => {
        const asked = await door.deploy(commit)
        assert.equal(asked.runId, undefined)
        assert.match(asked.message, /waits for an approval/)
        await send(door, 'approve', { requestedBy: 'bob' })
        assert.equal((await door.end(asked)).outcome, 'succeeded')
      },
      { approval: { timeoutMs: 60_000 } },
    )
  })

  test(`a deploy that is rejected by ${way} ends so, and never runs`, async () => {
    await withDoor(
      harness,
      {},
      async (door) => {
        const asked = await door.deploy(commit)
        await send(door, 'reject', { requestedBy: 'bob', reason: 'not today' })
        const [entry] = (await door.status()).releases
        assert.equal(entry?.id, asked.releaseId)
        assert.equal(entry?.outcome, 'rejected')
        assert.match(entry?.message ?? '', /bob \(not today\)/)
        assert.deepEqual(door.calls, [])
      },
      { approval: { timeoutMs: 60_000 } },
    )
  })

  test(`a release that is paused by ${way} holds before its next step, until it is resumed`, async () => {
    const checking = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    await withDoor(
      harness,
      {
        runChecks: async () => {
          checking.resolve()
          await go.promise
        },
      },
      async (door) => {
        const asked = await door.deploy(commit)
        await checking.promise
        await send(door, 'pause', { requestedBy: 'ann', reason: 'look first' })
        const paused = () => door.release(asked).query(protocol.releaseStatus)
        await until(paused, (status) => status.paused?.by === 'ann')
        go.resolve()
        await until(paused, ({ steps }) => steps.at(-1)?.state === 'done')
        assert.ok(!door.calls.includes('buildImage api'))
        await send(door, 'resume', {})
        assert.equal((await door.end(asked)).outcome, 'succeeded')
      },
    )
  })

  test(`a release that is cancelled by ${way} takes back what it touched`, async () => {
    const wait = heldWait()
    await withDoor(harness, { waitForRollout: wait.waitForRollout }, async (door) => {
      const asked = await door.deploy(commit)
      await wait.begun
      await send(door, 'cancel', { requestedBy: 'ann' })
      assert.equal((await door.end(asked)).outcome, 'cancelled')
      assert.ok(door.calls.includes('rollBackService api'))
    })
  })
}

test('an approval that does not come in time rejects the deploy', async () => {
  await withDoor(
    harness,
    {},
    async (door) => {
      await door.deploy(commit)
      const { releases } = await until(
        () => door.status(),
        (status) => status.releases.length === 1,
      )
      assert.equal(releases[0]?.outcome, 'rejected')
      assert.match(releases[0]?.message ?? '', /Nobody approved it in time/)
    },
    { approval: { timeoutMs: 1_000 } },
  )
})

test('a freeze with an end is over by itself', async () => {
  await withDoor(harness, {}, async (door) => {
    await door.end(await door.deploy(commit))
    const end = new Date(Date.now() + 2_000).toISOString()
    await door.handle.executeUpdate(protocol.controlUpdates.freeze, { args: [{ until: end }] })
    assert.match(await refusalOf(door.deploy(anotherCommit)), /is frozen until/)
    await until(
      async () => Date.now(),
      (now) => now > Date.parse(end),
    )
    await door.end(await door.deploy(anotherCommit))
  })
})

test('what cannot be done is refused with the reason, and written down', async () => {
  await withDoor(harness, {}, async (door) => {
    await door.end(await door.deploy(commit))
    for (const kind of ['approve', 'cancel', 'pause', 'reject', 'resume', 'unfreeze'] as const) {
      const update = door.handle.executeUpdate(protocol.controlUpdates[kind], { args: [{}] })
      assert.match(await refusalOf(update), /waits for an approval|nothing runs|is not frozen/)
    }
    const { controls } = await door.status()
    assert.equal(controls.filter(({ refused }) => refused !== undefined).length, 6)
  })
})

test('malformed signals harm nothing, and can be seen', async () => {
  await withDoor(harness, {}, async (door) => {
    await door.end(await door.deploy(commit))
    for (const body of ['text', 7, [1], { reason: 7 }, { until: 'some day' }]) {
      await door.handle.signal('freeze', body)
    }
    const { controls, freeze } = await until(
      () => door.status(),
      (status) => status.controls.length === 5,
    )
    assert.equal(freeze, undefined)
    for (const { refused } of controls) assert.match(refused ?? '', /expected nothing, or/)
    assert.equal((await door.end(await door.deploy(anotherCommit))).outcome, 'succeeded')
  })
})

test('malformed Updates are refused with what is wrong, and the environment goes on', async () => {
  await withDoor(harness, {}, async (door) => {
    await door.end(await door.deploy(commit))
    const { target } = door
    const requestedBy = 'somebody'
    const { stability: _, ...halfTarget } = target
    const good = { kind: 'deploy', commit: anotherCommit, subject: '', requestedBy, target }
    const bodies: readonly [unknown, RegExp][] = [
      [null, /found null/],
      ['deploy', /found "deploy"/],
      [[good], /expected an object/],
      [{ ...good, kind: 'launch' }, /"kind" is "launch"/],
      [{ ...good, commit: 'main' }, /"commit" is no full commit id/],
      [{ ...good, requestedBy: 7 }, /"requestedBy" is no text/],
      [{ ...good, override: true }, /"override" has no "reason"/],
      [{ ...good, target: undefined }, /a "target" is needed/],
      [{ ...good, target: halfTarget }, /"target" is no environment/],
      [{ ...good, target: { ...target, services: [{ name: 'api' }] } }, /"target" is no env/],
      [{ kind: 'redeploy', target: 'production', requestedBy }, /"target" is no environment/],
      [{ kind: 'rollback', requestedBy }, /"target" is no environment/],
    ]
    for (const [body, expected] of bodies) {
      const update = door.handle.executeUpdate('release', { args: [body] })
      assert.match(await refusalOf(update), expected)
    }
    for (const body of ['back', [], { to: 7 }, { target: halfTarget }]) {
      const update = door.handle.executeUpdate('rollback', { args: [body] })
      assert.match(await refusalOf(update), /expected an object|"to" is no text|"target" is no/)
    }
    assert.equal((await door.end(await door.deploy(anotherCommit))).outcome, 'succeeded')
    assert.equal((await door.status()).releases.length, 2)
  })
})
