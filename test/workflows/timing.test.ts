import type { ControlBody } from '../../contract/controls.ts'
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { ReleaseActivities } from '../../contract/activities.ts'
import { environmentStatus, requestDeploy } from '../../client/index.ts'
import * as protocol from '../../contract/messages.ts'
import {
  heldRollout,
  startEnvironmentHarness,
  until,
  withEnvironment,
} from './environment-fixture.ts'
import { anotherCommit, commit, deployOf, fakes, specFor } from './fixtures.ts'
import { newQueue, withWorker } from './harness.ts'
import { rejectionOf } from './rejected-update.ts'

const harness = await startEnvironmentHarness()
after(() => harness.close())

test('the time for an approval runs out while another release runs, and a late approval is rejected', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const running = await environment.deploy(commit)
    await wait.begun
    const { spec } = environment
    const careful = { ...spec, admission: { ...spec.admission, approval: { timeoutMs: 1_500 } } }
    const asked = await environment.request(deployOf(careful, { commit: anotherCommit }))
    const status = await until(
      () => environment.status(),
      ({ waiting }) => waiting.length === 0,
    )
    assert.equal(status.running?.id, running.releaseId)
    assert.equal(status.releases[0]?.id, asked.releaseId)
    assert.match(status.releases[0]?.message ?? '', /Not approved in time/)
    const late = environment.handle.executeUpdate('approve', { args: [{ requestedBy: 'bob' }] })
    assert.match(await rejectionOf(late), /no release waits for an approval/)
    wait.finish()
    assert.equal((await environment.end(running)).outcome, 'succeeded')
  })
})

test('an expired freeze is no longer shown, even without a request', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    const end = new Date(Date.now() + 1_500).toISOString()
    await environment.handle.executeUpdate('freeze', { args: [{ until: end, requestedBy: 'ann' }] })
    assert.equal((await environment.status()).freeze?.by, 'ann')
    await until(
      () => environment.status(),
      ({ freeze }) => freeze === undefined,
    )
    assert.ok(Date.now() >= Date.parse(end))
  })
})

test('a freeze may last until a year that no timer reaches', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const running = await environment.deploy(commit)
    await wait.begun
    const waiting = await environment.deploy(anotherCommit)
    await environment.handle.signal('freeze', { until: '+275760-09-13T00:00:00.000Z' })
    wait.finish()
    await environment.end(running)
    assert.equal((await environment.status()).waiting[0]?.id, waiting.releaseId)
    await environment.handle.executeUpdate('unfreeze', { args: [{}] })
    assert.equal((await environment.end(waiting)).outcome, 'succeeded')
  })
})

test('a request with an override that joins a waiting release starts it despite the freeze', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const running = await environment.deploy(commit)
    await wait.begun
    const waiting = await environment.deploy(anotherCommit)
    await environment.handle.executeUpdate('freeze', { args: [{ requestedBy: 'ann' }] })
    wait.finish()
    await environment.end(running)
    assert.equal((await environment.status()).waiting.length, 1)
    const override = { reason: 'the site is down' }
    const joined = await environment.request(
      deployOf(environment.spec, { commit: anotherCommit, override, requestedBy: 'bob' }),
    )
    assert.deepEqual([joined.releaseId, joined.joined], [waiting.releaseId, true])
    assert.equal((await environment.end(waiting)).outcome, 'succeeded')
    const { controls } = await environment.status()
    const { kind, by, reason, release } = controls[0] ?? assert.fail()
    assert.deepEqual(
      [kind, by, reason, release],
      ['override', 'bob', 'the site is down', waiting.releaseId],
    )
  })
})

test('a pause is shown, is not given twice, and only a paused release can be resumed', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const asked = await environment.deploy(commit)
    await wait.begun
    const send = (kind: 'pause' | 'resume', body: ControlBody) =>
      environment.handle.executeUpdate(protocol.controlUpdates[kind], { args: [body] })
    assert.match(await rejectionOf(send('resume', {})), /is not paused/)
    const other = rejectionOf(send('pause', { release: 'release/x/other' }))
    assert.match(await other, /release\/x\/other neither runs nor waits in .*; release\/.* runs/)
    await send('pause', { requestedBy: 'ann', reason: 'look first', release: asked.releaseId })
    const { running, controls } = await environment.status()
    assert.deepEqual([running?.paused?.by, running?.paused?.reason], ['ann', 'look first'])
    assert.deepEqual([controls[0]?.release, controls[0]?.kind], [asked.releaseId, 'pause'])
    assert.match(await rejectionOf(send('pause', {})), /is already paused by ann/)
    await send('resume', { requestedBy: 'bob' })
    assert.equal((await environment.status()).running?.paused, undefined)
    wait.finish()
    assert.equal((await environment.end(asked)).outcome, 'succeeded')
  })
})

test('a control that arrives when a release has just ended is rejected with that reason', async () => {
  const { client } = harness.env
  const queue = newQueue()
  const spec = { ...specFor(queue), environment: queue }
  const handle = client.workflow.getHandle(protocol.environmentWorkflowId(queue))
  const wait = heldRollout()
  const id = await withWorker(harness, queue, fakes(queue, wait), async () => {
    const { releaseId } = await requestDeploy(client, deployOf(spec))
    await wait.begun
    return releaseId
  })
  // No worker can notice the end before the signal arrives.
  await client.workflow.getHandle(id).terminate()
  await handle.signal('pause', { requestedBy: 'ann' })
  await withWorker(harness, queue, fakes(queue), async () => {
    const status = await until(
      () => handle.query(protocol.environmentStatus),
      ({ controls, releases }) => controls.length === 1 && releases.length === 1,
    )
    assert.match(status.controls[0]?.rejected ?? '', /had just ended/)
    const next = await requestDeploy(client, deployOf(spec, { commit: anotherCommit }))
    await until(
      async () => (await environmentStatus(client, spec))?.releases[0]?.id,
      (newest) => newest === next.releaseId,
    )
  })
})

test('the same Update sent twice under one id is one request, and both get the same answer', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const asked = await environment.deploy(commit)
    await wait.begun
    const options = { args: [{ requestedBy: 'ann' }] as [ControlBody], updateId: 'one' }
    const send = () => environment.handle.executeUpdate(protocol.controlUpdates.pause, options)
    assert.deepEqual(new Set([await send(), await send()]).size, 1)
    assert.equal((await environment.status()).controls.length, 1)
    await environment.handle.signal('resume')
    wait.finish()
    assert.equal((await environment.end(asked)).outcome, 'succeeded')
  })
})

test('two people who do opposite things at the same moment each get the actual result', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    for (let round = 0; round < 10; round += 1) {
      const [froze, thawed] = await Promise.allSettled([
        environment.handle.executeUpdate('freeze', { args: [{ requestedBy: 'ann' }] }),
        environment.handle.executeUpdate('unfreeze', { args: [{ requestedBy: 'bob' }] }),
      ])
      assert.equal(froze.status, 'fulfilled')
      const { freeze } = await environment.status()
      assert.equal(freeze === undefined, thawed.status === 'fulfilled')
      if (freeze !== undefined) await environment.handle.executeUpdate('unfreeze', { args: [{}] })
    }
  })
})

test('freeze windows apply to deploys and redeploys, but not to overrides or rollbacks', async () => {
  const freezes: string[] = []
  const inspectEnvironment: ReleaseActivities['inspectEnvironment'] = async (input) => {
    freezes.push(input.freezes)
    return fakes('').activities.inspectEnvironment(input)
  }
  await withEnvironment(harness, { inspectEnvironment }, async (environment) => {
    const { spec } = environment
    const asks = { spec, requestedBy: 'ann', override: { reason: 'the site is down' } } as const
    const { override: _, ...plainly } = asks
    await environment.end(await environment.deploy(commit))
    await environment.end(await environment.request({ ...plainly, kind: 'redeploy' }))
    await environment.end(await environment.request({ ...asks, kind: 'redeploy' }))
    await environment.end(
      await environment.request(deployOf(spec, { commit: anotherCommit, ...asks })),
    )
    await environment.end(await environment.request({ ...plainly, kind: 'rollback' }))
    assert.deepEqual(freezes, ['kept', 'kept', 'ignored', 'ignored', 'ignored'])
  })
})
