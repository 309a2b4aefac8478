import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as protocol from '../../contract/messages.ts'
import {
  heldRollout,
  startEnvironmentHarness,
  until,
  withEnvironment,
} from './environment-fixture.ts'
import { commit } from './fixtures.ts'
import { startScheduledRun } from './scheduled-run.ts'
import { hasNoFailedTask, signalUndecodable } from './undecodable.ts'

const harness = await startEnvironmentHarness()
after(() => harness.close())

test('an unknown signal is shown, at an environment and at a release', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const asked = await environment.deploy(commit)
    await wait.begun
    await environment.handle.signal('freze', { reason: 'incident' })
    const { controls } = await until(
      () => environment.status(),
      (status) => status.controls.length === 1,
    )
    assert.match(
      controls[0]?.rejected ?? '',
      /no control "freze"; known controls: approve, cancel, freeze/,
    )
    await environment.release(asked).signal('pause', 'now')
    const { warnings, paused } = await until(
      () => environment.release(asked).query(protocol.releaseStatus),
      (status) => status.warnings.length === 1,
    )
    assert.equal(paused, undefined)
    assert.match(warnings[0] ?? '', /Ignored the signal "pause": send signals to environment\//)
    wait.finish()
    assert.equal((await environment.end(asked)).outcome, 'succeeded')
  })
})

test('malformed copies of the signals that an environment sends do a release no harm', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const asked = await environment.deploy(commit)
    await wait.begun
    const release = environment.release(asked)
    const bodies = [null, 'now', 7, [], {}, { by: 'ann' }, { by: 7, at: 0 }, { by: '', at: 1e300 }]
    for (const body of bodies) await release.signal('pause', body)
    await signalUndecodable(harness.env.connection, release, 'pause')
    await release.signal('resume', 'now')
    const { warnings, paused } = await until(
      () => release.query(protocol.releaseStatus),
      (status) => status.warnings.length > 0,
    )
    assert.equal(paused, undefined)
    assert.equal(warnings.length, 1, 'warned once')
    wait.finish()
    assert.equal((await environment.end(asked)).outcome, 'succeeded')
    await hasNoFailedTask(release)
  })
})

test('a malformed request status does not end a run of a schedule', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const run = await startScheduledRun(harness, environment, { kind: 'redeploy' })
    await wait.begun
    const ended = { kind: 'ended', releaseId: 'x', outcome: 'won', message: '' }
    const bodies = [null, 'now', {}, { kind: 'rejected' }, { kind: 'ended' }, ended]
    for (const body of bodies) await run.signal('requestStatus', body)
    await signalUndecodable(harness.env.connection, run, 'requestStatus')
    wait.finish()
    assert.equal(((await run.result()) as { outcome: string }).outcome, 'succeeded')
    await hasNoFailedTask(run)
  })
})
