import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import { live } from '../workflows/fixtures.ts'
import { holdActivity, type CliFixture, startCliFixture } from './cli-fixture.ts'

let fixture: CliFixture
before(async () => {
  fixture = await startCliFixture()
})
after(() => fixture.close())

describe('freezes on the command line', () => {
  test('wait follows the waiting release if none is running, and not the last one', async () => {
    const here = await fixture.checkout('thawing')
    const held = holdActivity<RolloutEnd>()
    await here.withWorker({ waitForRollout: held.run }, async () => {
      const first = here.slipway('deploy', 'thawing')
      await held.started
      const next = await here.commitAgain('The next one')
      const queued = await here.slipway('deploy', 'thawing', '--no-wait')
      assert.match(queued.stdout, new RegExp(`${next.slice(0, 12)} waits: `))
      assert.equal((await here.slipway('freeze', 'thawing', '--reason', 'night')).exitCode, 0)
      const status = await here.slipway('status', 'thawing')
      assert.match(status.stdout, /The next one .* waits for the end of the freeze/)
      held.finish(live)
      assert.equal((await first).exitCode, 0)
      const { exitCode, stdout, stderr } = await here.slipway('wait', 'thawing', '--timeout', '3s')
      assert.equal(exitCode, 124, stdout)
      assert.ok(stderr.includes(next.slice(0, 12)), stderr)
      assert.equal((await here.slipway('unfreeze', 'thawing')).exitCode, 0)
      assert.equal((await here.slipway('wait', 'thawing')).exitCode, 0)
    })
  })

  test('status shows an open freeze window of the configuration, as text and as JSON', async () => {
    const here = await fixture.checkout('closed')
    const file = join(here.folder, 'slipway.yaml')
    const window = '[{ firstDay: "2000-01-01", lastDay: "2999-12-31", reason: always }]'
    const text = await readFile(file, 'utf8')
    await writeFile(
      file,
      text.replace('region: eu-west-1', `region: eu-west-1, freezes: ${window}`),
    )
    const { stdout, stderr } = await here.slipway('status', 'closed')
    assert.match(stdout, /^In a freeze window, 2000-01-01 to 2999-12-31 UTC \(always\): /m, stderr)
    const { stdout: json } = await here.slipway('status', 'closed', '--json')
    const { freezeWindow } = JSON.parse(json) as { freezeWindow: { reason: string } }
    assert.equal(freezeWindow.reason, 'always')
  })

  test('--reason without --override-freeze is an error, and not ignored', async () => {
    const here = await fixture.checkout('reasoned')
    await here.withWorker({}, async () => {
      const { exitCode, stderr } = await here.slipway('deploy', 'reasoned', '--reason', 'a hotfix')
      assert.equal(exitCode, 2)
      assert.match(stderr, /only used with --override-freeze/)
    })
  })
})
