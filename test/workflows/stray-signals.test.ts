import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as protocol from '../../contract/messages.ts'
import { heldWait, startDoorHarness, until, withDoor } from './environment-fixture.ts'
import { commit } from './fixtures.ts'
import type { Harness } from './harness.ts'
import { beginScheduled } from './scheduled-run.ts'
import { hasNotStumbled, signalUndecodable } from './undecodable.ts'

let harness: Harness
before(async () => {
  harness = await startDoorHarness()
})
after(() => harness.close())

test('a signal that nobody knows can be seen, at an environment and at a release', async () => {
  const wait = heldWait()
  await withDoor(harness, { waitForRollout: wait.waitForRollout }, async (door) => {
    const asked = await door.deploy(commit)
    await wait.begun
    await door.handle.signal('freze', { reason: 'incident' })
    const { controls } = await until(
      () => door.status(),
      (status) => status.controls.length === 1,
    )
    assert.match(
      controls[0]?.refused ?? '',
      /no control "freze"; there are approve, cancel, freeze/,
    )
    await door.release(asked).signal('pause', 'now')
    const { warnings, paused } = await until(
      () => door.release(asked).query(protocol.releaseStatus),
      (status) => status.warnings.length === 1,
    )
    assert.equal(paused, undefined)
    assert.match(
      warnings[0] ?? '',
      /"pause" came and was not followed: signals go to environment\//,
    )
    wait.letGo()
    assert.equal((await door.end(asked)).outcome, 'succeeded')
  })
})

test('what an environment signals to a release harms nothing when others send it otherwise', async () => {
  const wait = heldWait()
  await withDoor(harness, { waitForRollout: wait.waitForRollout }, async (door) => {
    const asked = await door.deploy(commit)
    await wait.begun
    const release = door.release(asked)
    const bodies = [null, 'now', 7, [], {}, { by: 'ann' }, { by: 7, at: 0 }, { by: '', at: 1e300 }]
    for (const body of bodies) await release.signal('hold', body)
    await signalUndecodable(harness.env.connection, release, 'hold')
    await release.signal('goOn', 'now')
    const { warnings, paused } = await until(
      () => release.query(protocol.releaseStatus),
      (status) => status.warnings.length > 0,
    )
    assert.equal(paused, undefined)
    assert.equal(warnings.length, 1, 'said once')
    wait.letGo()
    assert.equal((await door.end(asked)).outcome, 'succeeded')
    await hasNotStumbled(release)
  })
})

test('a run of a schedule is not ended by news that nobody can read', async () => {
  const wait = heldWait()
  await withDoor(harness, { waitForRollout: wait.waitForRollout }, async (door) => {
    const run = await beginScheduled(harness, door, { kind: 'redeploy' })
    await wait.begun
    const ended = { kind: 'ended', releaseId: 'x', outcome: 'won', message: '' }
    const bodies = [null, 'now', {}, { kind: 'refused' }, { kind: 'ended' }, ended]
    for (const body of bodies) await run.signal('fate', body)
    await signalUndecodable(harness.env.connection, run, 'fate')
    wait.letGo()
    assert.equal(((await run.result()) as { outcome: string }).outcome, 'succeeded')
    await hasNotStumbled(run)
  })
})
