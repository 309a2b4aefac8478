import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/common'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import { live } from '../workflows/fixtures.ts'
import { holdActivity, type CliFixture, startCliFixture } from './cli-fixture.ts'

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

/** The lines of output of a command with --json. */
function events(stdout: string): readonly Record<string, unknown>[] {
  return stdout.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
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
