import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/common'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import { live } from '../workflows/fixtures.ts'
import { events, holdActivity, type CliFixture, startCliFixture } from './cli-fixture.ts'

let fixture: CliFixture
before(async () => {
  fixture = await startCliFixture()
})
after(() => fixture.close())

const failed: RolloutEnd = {
  kind: 'failed',
  reason: 'tasks failed to start',
  cause: 'Container api exited with 1.',
}

describe('slipway deploy', () => {
  test('waits, prints each step as a line, and exits with 0 once the commit is live', async () => {
    const here = await fixture.checkout('good')
    const { exitCode, stdout, stderr } = await here.withWorker({}, () =>
      here.slipway('deploy', 'good'),
    )
    assert.equal(exitCode, 0, stderr + stdout)
    for (const line of [/inspect done in/, /build api done in/, /push worker done/, /deploy api/]) {
      assert.match(stdout, line)
    }
    assert.match(stdout, /succeeded {2}release\/good\//)
    assert.ok(!stdout.includes('\u001b'), 'no colours without a terminal')
  })

  test('prints the same as lines of JSON, the result last', async () => {
    const here = await fixture.checkout('json')
    const { exitCode, stdout } = await here.withWorker({}, () =>
      here.slipway('deploy', 'json', '--json'),
    )
    assert.equal(exitCode, 0)
    const all = events(stdout)
    assert.equal(all[0]?.['event'], 'accepted')
    assert.ok(all.some(({ event }) => event === 'step'))
    const { event, outcome, commit } = all.at(-1) ?? {}
    assert.deepEqual(
      { event, outcome, commit },
      { event: 'result', outcome: 'succeeded', commit: here.commit },
    )
  })

  test('exits with 2 if a precondition fails, and prints the reason', async () => {
    const here = await fixture.checkout('unready')
    const { exitCode, stdout } = await here.withWorker(
      {
        inspectEnvironment: async () => {
          throw ApplicationFailure.nonRetryable(
            'cluster mailman does not exist',
            'PreconditionFailed',
          )
        },
      },
      () => here.slipway('deploy', 'unready'),
    )
    assert.equal(exitCode, 2)
    assert.match(stdout, /rejected {2}release\/unready/)
    assert.match(stdout, /cluster mailman does not exist/)
  })

  test('exits with 3 if the release was rolled back, and prints the cause', async () => {
    const here = await fixture.checkout('unhealthy')
    const { exitCode, stdout } = await here.withWorker({ waitForRollout: async () => failed }, () =>
      here.slipway('deploy', 'unhealthy'),
    )
    assert.equal(exitCode, 3)
    assert.match(stdout, /rolled back/)
    assert.match(stdout, /Container api exited with 1/)
  })

  test('exits with 4 if the rollback failed as well', async () => {
    const here = await fixture.checkout('stuck')
    const { exitCode, stdout } = await here.withWorker(
      { waitForRollout: async () => failed, rollBackService: async () => failed },
      () => here.slipway('deploy', 'stuck'),
    )
    assert.equal(exitCode, 4)
    assert.match(stdout, /A person is needed now/)
  })

  test('exits with 4 if the release was terminated, since nothing was rolled back', async () => {
    const here = await fixture.checkout('terminated')
    const held = holdActivity<RolloutEnd>()
    await here.withWorker({ waitForRollout: held.run }, async () => {
      const deploy = here.slipway('deploy', 'terminated', '--json')
      await held.started
      const id = `release/terminated/${here.commit.slice(0, 12)}`
      await fixture.client.workflow.getHandle(id).terminate('by mistake')
      const { exitCode, stdout } = await deploy
      assert.equal(exitCode, 4)
      assert.match(String(events(stdout).at(-1)?.['message']), /was terminated \(by mistake\)/)
      held.finish(live)
    })
  })

  test('shows what a waiting activity observes, and what is retried', async () => {
    const here = await fixture.checkout('retried')
    const held = holdActivity<RolloutEnd>({ service: 'api', summary: '0 of 1 tasks running' })
    let pushes = 0
    const { exitCode, stdout } = await here.withWorker(
      {
        waitForRollout: held.run,
        pushImage: async ({ image }) => {
          pushes += 1
          if (pushes <= 4)
            throw ApplicationFailure.retryable('the registry said 503', 'Unavailable')
          return { ...image, digest: `sha256:${'0'.repeat(64)}` }
        },
      },
      async () => {
        const command = here.slipway('deploy', 'retried', '--json')
        for await (const line of command) {
          if (line.includes('0 of 1 tasks running')) held.finish(live)
        }
        return command
      },
    )
    assert.equal(exitCode, 0)
    const retry = events(stdout).find(({ event }) => event === 'retry')
    assert.equal(retry?.['activity'], 'pushImage')
    assert.equal(retry['failure'], 'the registry said 503')
  })

  test('requests nothing if no worker would carry it out', async () => {
    const here = await fixture.checkout('idle')
    const { exitCode, stderr } = await here.slipway('deploy', 'idle')
    assert.equal(exitCode, 2)
    assert.match(stderr, /No worker .* serves the task queue "queue-idle".*slipway worker/)
  })

  test('commit subjects cannot reach the terminal', async () => {
    const here = await fixture.checkout('hostile')
    const commit = await here.commitAgain('\u001b[31mred\u001b[0m "$(reboot)" \u202egnp.exe')
    await here.withWorker({}, async () => {
      assert.equal((await here.slipway('deploy', 'hostile')).exitCode, 0)
      const { stdout } = await here.slipway('releases', 'hostile')
      assert.match(
        stdout,
        new RegExp(`deploy ${commit.slice(0, 7)}: red "\\$\\(reboot\\)" gnp.exe`),
      )
    })
  })
})
