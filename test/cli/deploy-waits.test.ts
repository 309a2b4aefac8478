import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import { live } from '../workflows/fixtures.ts'
import { events, holdActivity, type CliFixture, startCliFixture } from './cli-fixture.ts'

let fixture: CliFixture
before(async () => {
  fixture = await startCliFixture()
})
after(() => fixture.close())
describe('slipway deploy', () => {
  test('a second commit waits while the first is released; the same commit joins', async () => {
    const here = await fixture.checkout('busy')
    const held = holdActivity<RolloutEnd>()
    await here.withWorker({ waitForRollout: held.run }, async () => {
      const first = here.slipway('deploy', 'busy', '--json')
      await held.started
      const same = here.slipway('deploy', 'busy', '--no-wait', '--json')
      assert.equal(events((await same).stdout)[0]?.['joined'], true)
      await here.commitAgain('Another one')
      const queued = await here.slipway('deploy', 'busy', '--no-wait')
      assert.match(queued.stdout, /waits: release\/busy\/[0-9a-f]{12} is running/)
      const second = here.slipway('deploy', 'busy', '--json')
      const waits = Promise.withResolvers<void>()
      second.stdout.on('data', (piece: Buffer) => {
        if (piece.toString().includes('"event":"waiting"')) waits.resolve()
      })
      await waits.promise
      held.finish(live)
      assert.equal((await first).exitCode, 0)
      const ended = await second
      assert.equal(ended.exitCode, 0)
      assert.ok(events(ended.stdout).some(({ event }) => event === 'waiting'))
    })
  })

  test('an older result with the same id is not taken for the result of a waiting release', async () => {
    const here = await fixture.checkout('forgotten')
    const id = `release/forgotten/${here.commit.slice(0, 12)}`
    // Temporal still has a workflow that the environment no longer remembers.
    const workflow = { workflowId: id, taskQueue: 'nobody', args: [] }
    await (await fixture.client.workflow.start('release', workflow)).terminate()
    const held = holdActivity<RolloutEnd>()
    await here.withWorker({ waitForRollout: held.run }, async () => {
      await here.commitAgain('Another one')
      const first = here.slipway('deploy', 'forgotten', '--json')
      await held.started
      const again = here.slipway('deploy', 'forgotten', '--commit', here.commit, '--json')
      for await (const line of again) if (line.includes('"event":"waiting"')) held.finish(live)
      const { exitCode, stdout } = await again
      assert.equal(exitCode, 0, stdout)
      assert.equal(events(stdout).at(-1)?.['outcome'], 'succeeded')
      assert.equal((await first).exitCode, 0)
    })
  })

  test('a waiting commit that a newer one supersedes exits with 5', async () => {
    const here = await fixture.checkout('crowded')
    const held = holdActivity<RolloutEnd>()
    await here.withWorker({ waitForRollout: held.run }, async () => {
      const first = here.slipway('deploy', 'crowded', '--json')
      await held.started
      await here.commitAgain('A second one')
      const queued = await here.slipway('deploy', 'crowded', '--no-wait', '--json')
      const id = String(events(queued.stdout)[0]?.['releaseId'])
      const second = here.slipway('wait', id, '--json')
      await here.commitAgain('A third one')
      const third = here.slipway('deploy', 'crowded', '--json')
      const superseded = await second
      assert.equal(superseded.exitCode, 5)
      assert.equal(events(superseded.stdout).at(-1)?.['outcome'], 'superseded')
      held.finish(live)
      assert.equal((await first).exitCode, 0)
      assert.equal((await third).exitCode, 0)
    })
  })

  test('stops waiting after --timeout, exits with 124, and prints how to follow the release', async () => {
    const here = await fixture.checkout('patient')
    const held = holdActivity<RolloutEnd>()
    await here.withWorker({ waitForRollout: held.run }, async () => {
      const { exitCode, stderr } = await here.slipway('deploy', 'patient', '--timeout', '1s')
      assert.equal(exitCode, 124)
      assert.match(stderr, /release\/patient\/\w+ continues/)
      assert.match(stderr, /slipway wait release\/patient/)
      await held.started
      const again = here.slipway('wait', 'patient')
      held.finish(live)
      assert.equal((await again).exitCode, 0)
    })
  })

  test('Ctrl-C ends the wait, not the release', async () => {
    const here = await fixture.checkout('interrupted')
    const held = holdActivity<RolloutEnd>()
    await here.withWorker({ waitForRollout: held.run }, async () => {
      const command = here.slipway('deploy', 'interrupted')
      await held.started
      command.kill('SIGINT')
      const { exitCode, stderr } = await command
      assert.equal(exitCode, 130)
      assert.match(stderr, /continues/)
      assert.match(stderr, /slipway cancel interrupted/)
      held.finish(live)
      assert.equal((await here.slipway('wait', 'interrupted')).exitCode, 0)
    })
  })

  test('SIGTERM ends the wait as well, with its own exit status', async () => {
    const here = await fixture.checkout('stopped')
    const held = holdActivity<RolloutEnd>()
    await here.withWorker({ waitForRollout: held.run }, async () => {
      const command = here.slipway('deploy', 'stopped', '--json')
      await held.started
      command.kill('SIGTERM')
      const { exitCode, stdout } = await command
      assert.equal(exitCode, 143)
      assert.equal(events(stdout).at(-1)?.['outcome'], 'interrupted')
      held.finish(live)
      assert.equal((await here.slipway('wait', 'stopped')).exitCode, 0)
    })
  })
})
