import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import type { EnvironmentStatus } from '../../contract/environment.ts'
import { live } from '../workflows/fixtures.ts'
import { gate, type CliFixture, type runSlipway, startCliFixture } from './cli-fixture.ts'

let fixture: CliFixture
before(async () => {
  fixture = await startCliFixture()
})
after(() => fixture.close())

/** Collects what a command prints, and waits until it has printed something. */
function listenTo(child: ReturnType<typeof runSlipway>): (text: RegExp) => Promise<void> {
  let printed = ''
  let heard: (() => void) | undefined
  const ended = child.then(({ stderr }) => assert.fail(`it ended: ${stderr}`))
  ended.catch(() => {})
  child.stdout.on('data', (piece: Buffer) => {
    printed += piece.toString()
    heard?.()
  })
  return async (text) => {
    while (!text.test(printed)) {
      const more = new Promise<void>((resolve) => {
        heard = resolve
      })
      await Promise.race([more, ended])
    }
  }
}

describe('an environment is steered from the command line', () => {
  test('a freeze keeps a deploy out, with 2, unless it is overridden with a reason', async () => {
    const here = await fixture.checkout('frozen')
    await here.withWorker({}, async () => {
      const froze = await here.slipway('freeze', 'frozen', '--reason', 'incident', '--until', '2h')
      assert.equal(froze.exitCode, 0, froze.stderr)
      const refused = await here.slipway('deploy', 'frozen')
      assert.equal(refused.exitCode, 2)
      assert.match(refused.stderr, /^Rejected: frozen is frozen until .*incident/)
      const unreasoned = await here.slipway('deploy', 'frozen', '--override-freeze')
      assert.equal(unreasoned.exitCode, 2)
      assert.match(unreasoned.stderr, /needs a reason/)
      const over = await here.slipway('deploy', 'frozen', '--override-freeze', '--reason', 'fire')
      assert.equal(over.exitCode, 0, over.stdout)
      assert.equal((await here.slipway('unfreeze', 'frozen')).exitCode, 0)
      const again = await here.slipway('unfreeze', 'frozen')
      assert.equal(again.exitCode, 2)
      assert.match(again.stderr, /is not frozen/)
    })
  })

  test('a release is paused, shown as paused, and resumed', async () => {
    const here = await fixture.checkout('held')
    const waiting = gate<void>()
    await here.withWorker({ buildImage: waiting.pass }, async () => {
      const deploy = here.slipway('deploy', 'held')
      await waiting.reached
      const paused = await here.slipway('pause', 'held', '--reason', 'look first')
      assert.equal(paused.exitCode, 0, paused.stderr)
      const status = await here.slipway('status', 'held')
      assert.match(status.stdout, /build api, for/)
      assert.match(status.stdout, /paused by/)
      waiting.open()
      assert.equal((await here.slipway('resume', 'held')).exitCode, 0)
      assert.equal((await deploy).exitCode, 0)
    })
  })

  test('a deploy that waits for an approval is approved, another one rejected, and a third is not there', async () => {
    const here = await fixture.checkout('careful')
    const file = join(here.folder, 'slipway.yaml')
    const config = await readFile(file, 'utf8')
    const careful = config.replace(
      'region: eu-west-1 }',
      'region: eu-west-1, approval: { timeout: 1h } }',
    )
    await writeFile(file, careful)
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

  test('status --watch shows a change, and Ctrl-C ends it with 0', async () => {
    const here = await fixture.checkout('watched')
    const waiting = gate<RolloutEnd>()
    await here.withWorker({ waitForRollout: waiting.pass }, async () => {
      const deploy = here.slipway('deploy', 'watched')
      await waiting.reached
      const watch = here.slipway('status', 'watched', '--watch', '--json')
      const untilPrinted = listenTo(watch)
      await untilPrinted(/"state":"running"/)
      waiting.open(live)
      assert.equal((await deploy).exitCode, 0)
      await untilPrinted(/"outcome":"succeeded"/)
      watch.kill('SIGINT')
      assert.equal((await watch).exitCode, 0)
    })
  })

  test('metrics come from what Temporal lists', async () => {
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
