import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/common'
import type { ReleaseActivities, RolloutEnd, Running } from '../../activities/types.ts'
import { arn, live } from '../workflows/fixtures.ts'
import { gate, type Place, runSlipway, startPlace } from './place.ts'

let place: Place
before(async () => {
  place = await startPlace()
})
after(() => place.close())

const failed: RolloutEnd = {
  kind: 'failed',
  reason: 'tasks failed to start',
  cause: 'Container api exited with 1.',
}

/** An AWS that remembers what it was told to run. */
function oneAws(): Partial<ReleaseActivities> {
  const now = new Map<string, Running>()
  return {
    inspectEnvironment: async ({ target }) => ({
      services: target.services.map(({ name }) => {
        const running = now.get(name) ?? { taskDefinition: arn(name, 7), digests: {} }
        const wayBack = { ...running, deploymentId: 'ecs-svc/7', standing: 'succeeded' as const }
        return { name, now: running, wayBack, desiredCount: 1 }
      }),
      warnings: [],
    }),
    updateService: async ({ service: { name }, revision }) => {
      now.set(name, revision)
      const { taskDefinition } = revision
      return { service: name, taskDefinition, deploymentId: 'ecs-svc/8' }
    },
  }
}

/** Each line of the output of a command that was asked for JSON. */
function events(stdout: string): readonly Record<string, unknown>[] {
  return stdout.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('slipway deploy', () => {
  test('waits, tells every step as a line, and exits with 0 once the commit is live', async () => {
    const here = await place.checkout('good')
    const { exitCode, stdout, stderr } = await here.withWorker({}, () =>
      here.slipway('deploy', 'good'),
    )
    assert.equal(exitCode, 0, stderr + stdout)
    for (const line of [/inspect done in/, /build api done in/, /push worker done/, /deploy api/]) {
      assert.match(stdout, line)
    }
    assert.match(stdout, /succeeded {2}release\/good\//)
    assert.ok(!stdout.includes('\u001b'), 'no colours where no terminal is')
  })

  test('says the same as lines of JSON, the result last', async () => {
    const here = await place.checkout('json')
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

  test('exits with 2 where a gate said no, with its reason', async () => {
    const here = await place.checkout('gated')
    const { exitCode, stdout } = await here.withWorker(
      {
        inspectEnvironment: async () => {
          throw ApplicationFailure.nonRetryable('cluster mailman does not exist', 'Rejected')
        },
      },
      () => here.slipway('deploy', 'gated'),
    )
    assert.equal(exitCode, 2)
    assert.match(stdout, /rejected {2}release\/gated/)
    assert.match(stdout, /cluster mailman does not exist/)
  })

  test('exits with 3 where it was taken back, with the cause', async () => {
    const here = await place.checkout('sick')
    const { exitCode, stdout } = await here.withWorker({ waitForRollout: async () => failed }, () =>
      here.slipway('deploy', 'sick'),
    )
    assert.equal(exitCode, 3)
    assert.match(stdout, /rolled back/)
    assert.match(stdout, /Container api exited with 1/)
  })

  test('exits with 4 where the way back failed, too', async () => {
    const here = await place.checkout('stuck')
    const { exitCode, stdout } = await here.withWorker(
      { waitForRollout: async () => failed, rollBackService: async () => failed },
      () => here.slipway('deploy', 'stuck'),
    )
    assert.equal(exitCode, 4)
    assert.match(stdout, /A person is needed now/)
  })

  test('shows what a waiting activity sees, and what is tried again', async () => {
    const here = await place.checkout('retried')
    const waiting = gate<RolloutEnd>({ service: 'api', summary: '0 of 1 tasks running' })
    let pushes = 0
    const { exitCode, stdout } = await here.withWorker(
      {
        waitForRollout: waiting.pass,
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
          if (line.includes('0 of 1 tasks running')) waiting.open(live)
        }
        return command
      },
    )
    assert.equal(exitCode, 0)
    const retry = events(stdout).find(({ event }) => event === 'retry')
    assert.equal(retry?.['activity'], 'pushImage')
    assert.equal(retry['failure'], 'the registry said 503')
  })

  test('a second commit is refused while one is released; the same one joins', async () => {
    const here = await place.checkout('busy')
    const waiting = gate<RolloutEnd>()
    await here.withWorker({ waitForRollout: waiting.pass }, async () => {
      const first = here.slipway('deploy', 'busy', '--json')
      await waiting.reached
      const same = here.slipway('deploy', 'busy', '--no-wait', '--json')
      assert.equal(events((await same).stdout)[0]?.['joined'], true)
      await here.commitAgain('Another one')
      const refused = await here.slipway('deploy', 'busy')
      assert.equal(refused.exitCode, 2)
      assert.match(refused.stderr, /^Refused: release\/busy\/[0-9a-f]{12} is running/)
      waiting.open(live)
      assert.equal((await first).exitCode, 0)
    })
  })

  test('stops waiting when told to, with 124, and says how to go on', async () => {
    const here = await place.checkout('patient')
    const waiting = gate<RolloutEnd>()
    await here.withWorker({ waitForRollout: waiting.pass }, async () => {
      const { exitCode, stderr } = await here.slipway('deploy', 'patient', '--timeout', '1s')
      assert.equal(exitCode, 124)
      assert.match(stderr, /release\/patient\/\w+ goes on/)
      assert.match(stderr, /slipway wait release\/patient/)
      await waiting.reached
      const again = here.slipway('wait', 'patient')
      waiting.open(live)
      assert.equal((await again).exitCode, 0)
    })
  })

  test('Ctrl-C ends the waiting, not the release', async () => {
    const here = await place.checkout('interrupted')
    const waiting = gate<RolloutEnd>()
    await here.withWorker({ waitForRollout: waiting.pass }, async () => {
      const command = here.slipway('deploy', 'interrupted')
      await waiting.reached
      command.kill('SIGINT')
      const { exitCode, stderr } = await command
      assert.equal(exitCode, 130)
      assert.match(stderr, /goes on/)
      assert.match(stderr, /slipway cancel interrupted/)
      waiting.open(live)
      assert.equal((await here.slipway('wait', 'interrupted')).exitCode, 0)
    })
  })

  test('refuses to ask where no worker would take it up', async () => {
    const here = await place.checkout('idle')
    const { exitCode, stderr } = await here.slipway('deploy', 'idle')
    assert.equal(exitCode, 2)
    assert.match(stderr, /No worker .* serves the task queue "queue-idle".*slipway worker/)
  })

  test('commit subjects cannot reach the terminal', async () => {
    const here = await place.checkout('hostile')
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

describe('slipway rollback', () => {
  test('takes back what is live, and the ledger shows who did what', async () => {
    const here = await place.checkout('back')
    await here.withWorker(oneAws(), async () => {
      const deploy = await here.slipway('deploy', 'back')
      assert.equal(deploy.exitCode, 0, deploy.stdout)
      const { exitCode, stdout } = await here.slipway('rollback', 'back', '--reason', 'too slow')
      assert.equal(exitCode, 0, stdout)
      const { stdout: list } = await here.slipway('releases', 'back', '--json')
      const releases = JSON.parse(list) as { kind: string; outcome: string }[]
      assert.deepEqual(
        releases.map(({ kind, outcome }) => [kind, outcome]),
        [
          ['rollback', 'succeeded'],
          ['deploy', 'succeeded'],
        ],
      )
    })
  })

  test('cancels the release that runs, and has done its work when that is cancelled', async () => {
    const here = await place.checkout('halfway')
    const waiting = gate<RolloutEnd>()
    await here.withWorker({ waitForRollout: waiting.pass }, async () => {
      const deploy = here.slipway('deploy', 'halfway')
      await waiting.reached
      const rollback = await here.slipway('rollback', 'halfway')
      assert.equal(rollback.exitCode, 0, rollback.stderr)
      assert.equal((await deploy).exitCode, 6)
    })
  })

  test('is refused where there is nothing to go back to', async () => {
    const here = await place.checkout('fresh')
    await here.withWorker({}, async () => {
      const { exitCode, stderr } = await here.slipway('rollback', 'fresh')
      assert.equal(exitCode, 2)
      assert.match(stderr, /Nothing has been released to fresh yet/)
    })
  })

  test('is refused for a release that is not in the ledger', async () => {
    const here = await place.checkout('unknown')
    await here.withWorker({}, async () => {
      assert.equal((await here.slipway('deploy', 'unknown')).exitCode, 0)
      const { exitCode, stderr } = await here.slipway('rollback', 'unknown', '--to', '--help me')
      assert.equal(exitCode, 2)
      assert.match(stderr, /no release --help me in the ledger/)
    })
  })
})

describe('the other commands', () => {
  test('cancel brings back what was touched, and exits with 0', async () => {
    const here = await place.checkout('called-off')
    const waiting = gate<RolloutEnd>()
    await here.withWorker({ waitForRollout: waiting.pass }, async () => {
      const deploy = here.slipway('deploy', 'called-off')
      await waiting.reached
      assert.equal((await here.slipway('cancel', 'called-off')).exitCode, 0)
      assert.equal((await deploy).exitCode, 6)
      const again = await here.slipway('cancel', 'called-off')
      assert.equal(again.exitCode, 2)
      assert.match(again.stderr, /Nothing runs in called-off/)
    })
  })

  test('status shows what is live by service, and what runs', async () => {
    const here = await place.checkout('shown')
    const first = await here.slipway('status', 'shown')
    assert.match(first.stdout, /Live: nothing yet/)
    await here.withWorker({}, async () => {
      await here.slipway('deploy', 'shown')
      const { exitCode, stdout } = await here.slipway('status', 'shown')
      assert.equal(exitCode, 0)
      assert.match(stdout, new RegExp(`Live: deploy ${here.commit.slice(0, 7)}: Say hello`))
      assert.match(stdout, /api +mailman-api +mailman-api:8 +sha256:/)
      assert.match(stdout, /Running: nothing/)
    })
  })

  test('status without a worker says that one is missing', async () => {
    const here = await place.checkout('abandoned')
    await here.withWorker({}, () => here.slipway('deploy', 'abandoned', '--no-wait'))
    const { exitCode, stderr } = await here.slipway('status', 'abandoned')
    assert.equal(exitCode, 2)
    assert.match(stderr, /slipway worker/)
  })

  test('redeploy makes a new deployment of what is live', async () => {
    const here = await place.checkout('rotated')
    await here.withWorker({}, async () => {
      await here.slipway('deploy', 'rotated')
      const { exitCode, stdout } = await here.slipway('redeploy', 'rotated')
      assert.equal(exitCode, 0, stdout)
      assert.match(stdout, /release\/rotated\/redeploy-/)
    })
  })

  test('plan shows the images and the change of each service, and changes nothing', async () => {
    const here = await place.checkout('planned')
    await here.withWorker(
      {
        planRelease: async ({ target, commit }) => ({
          environment: target.environment,
          commit,
          mode: target.mode,
          services: [
            {
              service: 'api',
              ecsService: 'mailman-api',
              current: { taskDefinition: 'arn:x/mailman-api:7', digests: {} },
              basedOn: 'arn:x/mailman-api:9',
              changes: [{ path: 'containerDefinitions.api.image', before: 'old', after: 'new' }],
            },
          ],
          images: [{ name: 'api', repositoryUri: 'ecr/mailman', tag: 'api-1' }],
          warnings: ['the service has no load balancer'],
        }),
      },
      async () => {
        const { exitCode, stdout } = await here.slipway('plan', 'planned')
        assert.equal(exitCode, 0)
        assert.match(stdout, /api {2}api-1 {2}to be built/)
        assert.match(stdout, /1\. api \(mailman-api\) runs mailman-api:7/)
        assert.match(stdout, /containerDefinitions\.api\.image\n +- old\n +\+ new/)
        assert.match(stdout, /! the service has no load balancer/)
      },
    )
  })

  test('wait for a release that is not there, or never was, is refused', async () => {
    const here = await place.checkout('empty')
    const unknown = await here.slipway('wait', 'release/empty/3f2c1ab')
    assert.equal(unknown.exitCode, 2)
    assert.match(unknown.stderr, /knows no workflow "release\/empty\/3f2c1ab"/)
    const never = await here.slipway('wait', 'empty')
    assert.equal(never.exitCode, 2)
    assert.match(never.stderr, /Nothing has been released to empty yet/)
  })

  test('commands work from a folder below, and with a file named', async () => {
    const here = await place.checkout('below')
    const { address } = place.server
    const below = await runSlipway(join(here.folder, 'below'), address, ['status', 'below'])
    assert.equal(below.exitCode, 0, below.stderr)
    const file = join(here.folder, 'slipway.yaml')
    const elsewhere = await runSlipway('/', address, ['status', 'below', '--config', file])
    assert.equal(elsewhere.exitCode, 0, elsewhere.stderr)
  })
})
