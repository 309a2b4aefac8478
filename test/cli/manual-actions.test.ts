import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import type { EnvironmentStatus } from '../../contract/environment.ts'
import { live } from '../workflows/fixtures.ts'
import { holdActivity, type CliFixture, type runSlipway, startCliFixture } from './cli-fixture.ts'

let fixture: CliFixture
before(async () => {
  fixture = await startCliFixture()
})
after(() => fixture.close())

/** Collects the output of a command. The returned function waits until it matches. */
function listenTo(child: ReturnType<typeof runSlipway>): (text: RegExp) => Promise<void> {
  let printed = ''
  let onOutput: (() => void) | undefined
  const ended = child.then(({ stderr }) => assert.fail(`it ended: ${stderr}`))
  ended.catch(() => {})
  child.stdout.on('data', (piece: Buffer) => {
    printed += piece.toString()
    onOutput?.()
  })
  return async (text) => {
    while (!text.test(printed)) {
      const more = new Promise<void>((resolve) => {
        onOutput = resolve
      })
      await Promise.race([more, ended])
    }
  }
}

describe('manual actions on the command line', () => {
  test('a freeze rejects a deploy, with exit status 2, unless it is overridden with a reason', async () => {
    const here = await fixture.checkout('frozen')
    await here.withWorker({}, async () => {
      const froze = await here.slipway('freeze', 'frozen', '--reason', 'incident', '--until', '2h')
      assert.equal(froze.exitCode, 0, froze.stderr)
      const rejected = await here.slipway('deploy', 'frozen')
      assert.equal(rejected.exitCode, 2)
      assert.match(rejected.stderr, /^Rejected: frozen is frozen until .*incident/)
      const unreasoned = await here.slipway('deploy', 'frozen', '--override-freeze')
      assert.equal(unreasoned.exitCode, 2)
      assert.match(unreasoned.stderr, /requires a reason/)
      const overridden = await here.slipway(
        'deploy',
        'frozen',
        '--override-freeze',
        '--reason',
        'fire',
      )
      assert.equal(overridden.exitCode, 0, overridden.stdout)
      assert.equal((await here.slipway('unfreeze', 'frozen')).exitCode, 0)
      const again = await here.slipway('unfreeze', 'frozen')
      assert.equal(again.exitCode, 2)
      assert.match(again.stderr, /is not frozen/)
    })
  })

  test('a release is paused, shown as paused, and resumed', async () => {
    const here = await fixture.checkout('held')
    const held = holdActivity<void>()
    await here.withWorker({ buildImage: held.run }, async () => {
      const deploy = here.slipway('deploy', 'held')
      await held.started
      const paused = await here.slipway('pause', 'held', '--reason', 'check first')
      assert.equal(paused.exitCode, 0, paused.stderr)
      const status = await here.slipway('status', 'held')
      assert.match(status.stdout, /build api, for/)
      assert.match(status.stdout, /paused by/)
      held.finish()
      assert.equal((await here.slipway('resume', 'held')).exitCode, 0)
      assert.equal((await deploy).exitCode, 0)
    })
  })

  test('a waiting deploy is approved, another is rejected, and deciding again is an error', async () => {
    const here = await fixture.checkout('careful')
    const file = join(here.folder, 'slipway.yaml')
    const config = await readFile(file, 'utf8')
    const withApproval = config.replace(
      'region: eu-west-1 }',
      'region: eu-west-1, approval: { timeout: 1h } }',
    )
    await writeFile(file, withApproval)
    await here.withWorker({}, async () => {
      for (const [verb, outcome, exitCode] of [
        ['approve', 'succeeded', 0],
        ['reject', 'rejected', 2],
      ] as const) {
        await here.commitAgain(`To ${verb}`)
        const deploy = here.slipway('deploy', 'careful')
        await listenTo(deploy)(/waits for an approval|needs an approval/)
        const status = await here.slipway('status', 'careful')
        assert.match(status.stdout, /approval/)
        const answer = await here.slipway(verb, 'careful', '--reason', 'looked at it')
        assert.equal(answer.exitCode, 0, answer.stderr)
        assert.equal((await deploy).exitCode, exitCode)
        const { stdout } = await here.slipway('status', 'careful', '--json')
        const { releases, controls } = JSON.parse(stdout) as EnvironmentStatus
        assert.equal(releases[0]?.outcome, outcome)
        assert.equal(controls[0]?.kind, verb)
        assert.equal(controls[0]?.reason, 'looked at it')
        const again = await here.slipway(verb, 'careful')
        assert.equal(again.exitCode, 2)
        assert.match(again.stderr, /approval/)
      }
    })
  })

  test('status --watch shows a change, and Ctrl-C ends it with exit status 0', async () => {
    const here = await fixture.checkout('watched')
    const held = holdActivity<RolloutEnd>()
    await here.withWorker({ waitForRollout: held.run }, async () => {
      const deploy = here.slipway('deploy', 'watched')
      await held.started
      const watch = here.slipway('status', 'watched', '--watch', '--json')
      const untilPrinted = listenTo(watch)
      await untilPrinted(/"state":"running"/)
      held.finish(live)
      assert.equal((await deploy).exitCode, 0)
      await untilPrinted(/"outcome":"succeeded"/)
      watch.kill('SIGINT')
      assert.equal((await watch).exitCode, 0)
    })
  })

  test('metrics are computed from the releases that Temporal lists', async () => {
    const here = await fixture.checkout('measured')
    await here.withWorker({}, async () => {
      assert.equal((await here.slipway('deploy', 'measured')).exitCode, 0)
      const measured = async () => {
        const { stdout, exitCode } = await here.slipway('metrics', 'measured', '--json')
        assert.equal(exitCode, 0)
        return JSON.parse(stdout) as { deployments: number; leadTimeMs?: number }
      }
      // Temporal's list lags behind by a moment.
      let metrics = await measured()
      while (metrics.deployments === 0) metrics = await measured()
      assert.equal(metrics.deployments, 1)
      assert.ok((metrics.leadTimeMs ?? 0) > 0)
    })
  })
})
