import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { KnownRevision, RolloutEnd } from '../../contract/activity-types.ts'
import { arn, digestOf } from '../workflows/fixtures.ts'
import { type CliFixture, startCliFixture } from './cli-fixture.ts'

let fixture: CliFixture
before(async () => {
  fixture = await startCliFixture()
})
after(() => fixture.close())

const rolledBack: RolloutEnd = {
  kind: 'rolled_back',
  reason: 'the circuit breaker tripped',
  cause: 'Container api exited with 1 in 3 tasks.',
  failedTasks: [
    {
      task: 'c'.repeat(32),
      taskDefinition: arn('api', 8),
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      container: 'api',
      exitCode: 1,
      containerReason: '',
      times: 3,
      logs: ['panic: no database'],
    },
  ],
}

describe('slipway explain', () => {
  test('explains an ended release, with a worker and without one', async () => {
    const here = await fixture.checkout('explained')
    const release = `release/explained/${here.commit.slice(0, 12)}`
    await here.withWorker({ waitForRollout: async () => rolledBack }, async () => {
      const deploy = await here.slipway('deploy', 'explained')
      assert.equal(deploy.exitCode, 3, deploy.stdout)
      assert.match(deploy.stdout, /│ panic: no database/)
      const { exitCode, stdout } = await here.slipway('explain', 'explained')
      assert.equal(exitCode, 0, stdout)
      assert.match(stdout, new RegExp(`^rolled back {2}${release}`))
      assert.match(stdout, /Cause: Container api exited with 1 in 3 tasks/)
      assert.match(stdout, /│ panic: no database/)
      assert.match(stdout, /✖ +wait api .*the circuit breaker tripped/)
      assert.match(stdout, /✔ +roll back api/)
    })
    const { exitCode, stdout } = await here.slipway('explain', release, '--json')
    assert.equal(exitCode, 0, stdout)
    const explanation = JSON.parse(stdout) as {
      result: { outcome: string; failedTasks: unknown[] }
      steps: { name: string; state: string }[]
    }
    assert.equal(explanation.result.outcome, 'rolled_back')
    assert.equal(explanation.result.failedTasks.length, 1)
    assert.ok(explanation.steps.some(({ name, state }) => name === 'roll back' && state === 'done'))
  })

  test('an unknown release is an error', async () => {
    const here = await fixture.checkout('unknown')
    const { exitCode, stderr } = await here.slipway('explain', 'release/unknown/3f2c1ab')
    assert.equal(exitCode, 2)
    assert.match(stderr, /no release "release\/unknown\/3f2c1ab"/)
    const never = await here.slipway('explain', 'unknown')
    assert.equal(never.exitCode, 2)
    assert.match(never.stderr, /Nothing has been released to unknown yet/)
  })
})

const known = (revision: number, more: Partial<KnownRevision> = {}): KnownRevision => ({
  taskDefinition: arn('api', revision),
  status: 'ACTIVE',
  digests: { api: digestOf('api', revision) },
  isLive: false,
  isRollbackTarget: false,
  ...more,
})

const revisions = async () => [
  known(8, { isLive: true, deployment: 'SUCCESSFUL' }),
  known(7, { isRollbackTarget: true, deployment: 'SUCCESSFUL' }),
]

describe('slipway revisions', () => {
  test('shows which revision is live and which is the rollback target', async () => {
    const here = await fixture.checkout('revised')
    await here.withWorker({ listRevisions: revisions }, async () => {
      const { exitCode, stdout } = await here.slipway('revisions', 'revised', 'api')
      assert.equal(exitCode, 0, stdout)
      assert.match(stdout, /live +mailman-api:8 +sha256:\S+ .* succeeded/)
      assert.match(stdout, /rollback target +mailman-api:7/)
      const json = await here.slipway('revisions', 'revised', 'mailman-api', '--json')
      assert.equal((JSON.parse(json.stdout) as unknown[]).length, 2)
      const wrong = await here.slipway('revisions', 'revised', 'apu')
      assert.equal(wrong.exitCode, 2)
      assert.match(wrong.stderr, /revised has no service "apu"/)
    })
  })
})
