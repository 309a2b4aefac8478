import type { ControlBody } from '../../contract/controls.ts'
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ReleaseActivities } from '../../contract/activities.ts'
import { environmentStatus, requestDeploy } from '../../client/index.ts'
import * as protocol from '../../contract/messages.ts'
import { heldWait, startEnvironmentHarness, until, withEnvironment } from './environment-fixture.ts'
import { anotherCommit, commit, deployOf, fakes, specFor } from './fixtures.ts'
import { newQueue, withWorker, type Harness } from './harness.ts'
import { refusalOf } from './refusals.ts'

let harness: Harness
before(async () => {
  harness = await startEnvironmentHarness()
})
after(() => harness.close())

test('an approval runs out while another release runs, and is not taken afterwards', async () => {
  const wait = heldWait()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const running = await environment.deploy(commit)
    await wait.begun
    const { spec } = environment
    const careful = { ...spec, admission: { ...spec.admission, approval: { timeoutMs: 1_500 } } }
    const asked = await environment.ask(deployOf(careful, { commit: anotherCommit }))
    const status = await until(
      () => environment.status(),
      ({ waiting }) => waiting.length === 0,
    )
    assert.equal(status.running?.id, running.releaseId)
    assert.equal(status.releases[0]?.id, asked.releaseId)
    assert.match(status.releases[0]?.message ?? '', /Nobody approved it in time/)
    const late = environment.handle.executeUpdate('approve', { args: [{ requestedBy: 'bob' }] })
    assert.match(await refusalOf(late), /no release waits for an approval/)
    wait.letGo()
    assert.equal((await environment.end(running)).outcome, 'succeeded')
  })
})

test('a freeze that is over is not shown any more, though nobody asks for anything', async () => {
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
  const wait = heldWait()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const running = await environment.deploy(commit)
    await wait.begun
    const waiting = await environment.deploy(anotherCommit)
    await environment.handle.signal('freeze', { until: '+275760-09-13T00:00:00.000Z' })
    wait.letGo()
    await environment.end(running)
    assert.equal((await environment.status()).waiting[0]?.id, waiting.releaseId)
    await environment.handle.executeUpdate('unfreeze', { args: [{}] })
    assert.equal((await environment.end(waiting)).outcome, 'succeeded')
  })
})

test('who joins what waits for the end of a freeze with a reason to go over it, takes it along', async () => {
  const wait = heldWait()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const running = await environment.deploy(commit)
    await wait.begun
    const waiting = await environment.deploy(anotherCommit)
    await environment.handle.executeUpdate('freeze', { args: [{ requestedBy: 'ann' }] })
    wait.letGo()
    await environment.end(running)
    assert.equal((await environment.status()).waiting.length, 1)
    const override = { reason: 'the site is down' }
    const joined = await environment.ask(
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

test('a pause is shown by the environment, is not given twice, and only a paused release is resumed', async () => {
  const wait = heldWait()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const asked = await environment.deploy(commit)
    await wait.begun
    const send = (kind: 'pause' | 'resume', body: ControlBody) =>
      environment.handle.executeUpdate(protocol.controlUpdates[kind], { args: [body] })
    assert.match(await refusalOf(send('resume', {})), /is not paused/)
    const other = refusalOf(send('pause', { release: 'release/x/other' }))
    assert.match(await other, /release\/x\/other neither runs nor waits in .*; release\/.* runs/)
    await send('pause', { requestedBy: 'ann', reason: 'look first', release: asked.releaseId })
    const { running, controls } = await environment.status()
    assert.deepEqual([running?.paused?.by, running?.paused?.reason], ['ann', 'look first'])
    assert.deepEqual([controls[0]?.release, controls[0]?.kind], [asked.releaseId, 'pause'])
    assert.match(await refusalOf(send('pause', {})), /is paused by ann already/)
    await send('resume', { requestedBy: 'bob' })
    assert.equal((await environment.status()).running?.paused, undefined)
    wait.letGo()
    assert.equal((await environment.end(asked)).outcome, 'succeeded')
  })
})

test('a control that comes when a release has just ended is refused with that, and nothing is lost', async () => {
  const { client } = harness.env
  const queue = newQueue()
  const spec = { ...specFor(queue), environment: queue }
  const handle = client.workflow.getHandle(protocol.environmentWorkflowId(queue))
  const wait = heldWait()
  const id = await withWorker(harness, queue, fakes(queue, wait), async () => {
    const { releaseId } = await requestDeploy(client, deployOf(spec))
    await wait.begun
    return releaseId
  })
  // Nobody is there to notice the end before the signal comes.
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

test('the same Update sent twice under one id is one request, and both are answered alike', async () => {
  const wait = heldWait()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const asked = await environment.deploy(commit)
    await wait.begun
    const options = { args: [{ requestedBy: 'ann' }] as [ControlBody], updateId: 'one' }
    const send = () => environment.handle.executeUpdate(protocol.controlUpdates.pause, options)
    assert.deepEqual(new Set([await send(), await send()]).size, 1)
    assert.equal((await environment.status()).controls.length, 1)
    await environment.handle.signal('resume')
    wait.letGo()
    assert.equal((await environment.end(asked)).outcome, 'succeeded')
  })
})

test('of two people who do opposite things at one moment, both are answered by what came of it', async () => {
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

test('freeze windows keep deploys and redeploys out, but nobody with a reason, and no rollback', async () => {
  const judged: string[] = []
  const inspectEnvironment: ReleaseActivities['inspectEnvironment'] = async (input) => {
    judged.push(input.freezes)
    return fakes('').activities.inspectEnvironment(input)
  }
  await withEnvironment(harness, { inspectEnvironment }, async (environment) => {
    const { spec } = environment
    const asks = { spec, requestedBy: 'ann', override: { reason: 'the site is down' } } as const
    const { override: _, ...plainly } = asks
    await environment.end(await environment.deploy(commit))
    await environment.end(await environment.ask({ ...plainly, kind: 'redeploy' }))
    await environment.end(await environment.ask({ ...asks, kind: 'redeploy' }))
    await environment.end(await environment.ask(deployOf(spec, { commit: anotherCommit, ...asks })))
    await environment.end(await environment.ask({ ...plainly, kind: 'rollback' }))
    assert.deepEqual(judged, ['kept', 'kept', 'ignored', 'ignored', 'ignored'])
  })
})
