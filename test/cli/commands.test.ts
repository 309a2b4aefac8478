import assert from 'node:assert/strict'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/common'
import type { ReleaseActivities } from '../../contract/activities.ts'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import type { RunningRevision } from '../../rollout/deployment.ts'
import { arn } from '../workflows/fixtures.ts'
import { holdActivity, type CliFixture, runSlipway, startCliFixture } from './cli-fixture.ts'

let fixture: CliFixture
before(async () => {
  fixture = await startCliFixture()
})
after(() => fixture.close())

/** Activities that remember which revision each service runs. */
function fakeAws(): Partial<ReleaseActivities> {
  const now = new Map<string, RunningRevision>()
  return {
    inspectEnvironment: async ({ spec }) => ({
      services: spec.services.map(({ name }) => {
        const running = now.get(name) ?? { taskDefinition: arn(name, 7), digests: {} }
        const rollbackTarget = {
          ...running,
          deploymentId: 'ecs-svc/7',
          hasSucceeded: true,
        }
        return { name, now: running, rollbackTarget, desiredCount: 1 }
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

describe('slipway rollback', () => {
  test('rolls back what is live, and is listed in the ledger', async () => {
    const here = await fixture.checkout('back')
    await here.withWorker(fakeAws(), async () => {
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

  test('cancels a running release, and succeeds when that has ended as cancelled', async () => {
    const here = await fixture.checkout('halfway')
    const held = holdActivity<RolloutEnd>()
    await here.withWorker({ waitForRollout: held.run }, async () => {
      const deploy = here.slipway('deploy', 'halfway')
      await held.started
      const rollback = await here.slipway('rollback', 'halfway')
      assert.equal(rollback.exitCode, 0, rollback.stderr)
      assert.equal((await deploy).exitCode, 6)
    })
  })

  test('is rejected if there is no rollback target', async () => {
    const here = await fixture.checkout('fresh')
    await here.withWorker({}, async () => {
      const { exitCode, stdout } = await here.slipway('rollback', 'fresh')
      assert.equal(exitCode, 2)
      assert.match(stdout, /There is nothing to roll back to/)
    })
  })

  test('is rejected for a release that is not in the ledger', async () => {
    const here = await fixture.checkout('unknown')
    await here.withWorker({}, async () => {
      assert.equal((await here.slipway('deploy', 'unknown')).exitCode, 0)
      const { exitCode, stderr } = await here.slipway('rollback', 'unknown', '--to', '--help me')
      assert.equal(exitCode, 2)
      assert.match(stderr, /no release --help me in the ledger/)
    })
  })
})

describe('the other commands', () => {
  test('cancel rolls back what was changed, and exits with 0', async () => {
    const here = await fixture.checkout('called-off')
    const held = holdActivity<RolloutEnd>()
    await here.withWorker({ waitForRollout: held.run }, async () => {
      const deploy = here.slipway('deploy', 'called-off')
      await held.started
      assert.equal((await here.slipway('cancel', 'called-off')).exitCode, 0)
      assert.equal((await deploy).exitCode, 6)
      const again = await here.slipway('cancel', 'called-off')
      assert.equal(again.exitCode, 2)
      assert.match(again.stderr, /nothing runs in called-off/i)
    })
  })

  test('status shows what is live by service, and what is running', async () => {
    const here = await fixture.checkout('shown')
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

  test('status shows what a waiting step observed last, with what a person has to do', async () => {
    const here = await fixture.checkout('asked')
    const summary = 'ECS waits for a person: aws ecs continue-service-deployment --hook-id h'
    const held = holdActivity<RolloutEnd>({ service: 'api', summary, observedAt: 0 })
    await here.withWorker({ waitForRollout: held.run }, async () => {
      const deploy = here.slipway('deploy', 'asked')
      await held.started
      const { stdout } = await here.slipway('status', 'asked')
      assert.match(stdout, new RegExp(`\n {2}wait api, for .*\n {4}${summary}(\n|$)`))
      const { stdout: json } = await here.slipway('status', 'asked', '--json')
      const { rollouts } = JSON.parse(json) as { rollouts: object[] }
      assert.deepEqual(rollouts, [{ service: 'api', summary, observedAt: 0 }])
      await here.slipway('cancel', 'asked')
      await deploy
    })
  })

  test('status reports a missing worker', async () => {
    const here = await fixture.checkout('abandoned')
    await here.withWorker({}, () => here.slipway('deploy', 'abandoned', '--no-wait'))
    const { exitCode, stderr } = await here.slipway('status', 'abandoned')
    assert.equal(exitCode, 2, stderr)
    assert.match(stderr, /slipway worker/)
  })

  test('redeploy starts a new deployment of what is live', async () => {
    const here = await fixture.checkout('rotated')
    await here.withWorker({}, async () => {
      await here.slipway('deploy', 'rotated')
      const { exitCode, stdout } = await here.slipway('redeploy', 'rotated')
      assert.equal(exitCode, 0, stdout)
      assert.match(stdout, /release\/rotated\/redeploy-/)
    })
  })

  test('plan shows the images and the change of each service, and changes nothing', async () => {
    const here = await fixture.checkout('planned')
    await here.withWorker(
      {
        planRelease: async ({ spec, commit }) => ({
          environment: spec.environment,
          commit,
          mode: spec.mode,
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

  test('wait for an unknown release, or in an environment without releases, is an error', async () => {
    const here = await fixture.checkout('empty')
    const unknown = await here.slipway('wait', 'release/empty/3f2c1ab')
    assert.equal(unknown.exitCode, 2)
    assert.match(unknown.stderr, /knows no workflow "release\/empty\/3f2c1ab"/)
    const never = await here.slipway('wait', 'empty')
    assert.equal(never.exitCode, 2)
    assert.match(never.stderr, /Nothing has been released to empty yet/)
  })

  test('commands work from a subfolder, and with --config', async () => {
    const here = await fixture.checkout('below')
    const { address } = fixture.server
    const below = await runSlipway(join(here.folder, 'below'), address, ['status', 'below'])
    assert.equal(below.exitCode, 0, below.stderr)
    const file = join(here.folder, 'slipway.yaml')
    const elsewhere = await runSlipway('/', address, ['status', 'below', '--config', file])
    assert.equal(elsewhere.exitCode, 0, elsewhere.stderr)
  })
})

const notify: ReleaseActivities['notify'] = async ({ to, notification }) => {
  assert.equal(notification.event, 'test')
  if (to.urlFrom === 'BAD')
    throw ApplicationFailure.nonRetryable('BAD is not set', 'PreconditionFailed')
}

describe('slipway notify', () => {
  test('prints for each receiver whether the test message arrived, or why not', async () => {
    const here = await fixture.checkout('notified')
    const list = '[{ type: slack, urlFrom: GOOD }, { type: webhook, urlFrom: BAD }]'
    await appendFile(join(here.folder, 'slipway.yaml'), `notifications: ${list}\n`)
    await here.withWorker({ notify }, async () => {
      const { exitCode, stdout } = await here.slipway('notify', 'notified')
      assert.deepEqual(stdout.split('\n'), [
        'slack (GOOD): arrived',
        'webhook (BAD): did not arrive: BAD is not set',
      ])
      assert.equal(exitCode, 2)
      const json = await here.slipway('notify', 'notified', '--json')
      assert.deepEqual(JSON.parse(json.stdout), [
        { to: 'slack (GOOD)' },
        { to: 'webhook (BAD)', failure: 'BAD is not set' },
      ])
    })
  })

  test('is an error if the environment has no notifications', async () => {
    const here = await fixture.checkout('unnotified')
    await here.withWorker({}, async () => {
      const { exitCode, stderr } = await here.slipway('notify', 'unnotified')
      assert.equal(exitCode, 2)
      assert.match(stderr, /unnotified has no notifications: add "notifications"/)
    })
  })
})
