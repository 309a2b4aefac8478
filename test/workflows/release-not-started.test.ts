import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import { digestOf, type fakes } from './fixtures.ts'
import { startHarness } from './harness.ts'
import { denied, runRelease } from './run-release.ts'

const harness = await startHarness()
after(() => harness.close())

const refuse = async () => {
  throw ApplicationFailure.nonRetryable('AWS denies ecs:UpdateService.', 'DeploymentRefused')
}

test('a release whose first deployment AWS refuses has touched nothing', async () => {
  const moved: string[] = []
  const { result, calls } = await runRelease(harness, {
    moveTags: async ({ images }) => {
      moved.push(images.map((image) => image.digest).join())
      return images.map(({ name }) => ({ name, digest: digestOf(name, 7) }))
    },
    updateService: refuse,
  })
  assert.equal(result.outcome, 'rejected')
  assert.equal(
    result.message,
    'api: AWS denies ecs:UpdateService. Nothing was touched: what ran before still runs.',
  )
  assert.deepEqual(result.services, [])
  assert.deepEqual(moved.at(-1), [digestOf('api', 7), digestOf('worker', 7)].join())
  assert.ok(!calls.some((call) => /^(rollBack|deregister)/.test(call)))
})

test('when AWS refuses the second deployment, the first one is rolled back', async () => {
  const { result, calls } = await runRelease(harness, {
    updateService: async ({ service: { name }, revision }) =>
      name === 'worker'
        ? refuse()
        : { service: name, taskDefinition: revision.taskDefinition, deploymentId: 'ecs-svc/8' },
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.match(result.message, /^worker: AWS denies/)
  assert.deepEqual(
    calls.filter((call) => call.startsWith('rollBack')),
    ['rollBackService api'],
  )
})

test('a refused deployment counts as touched if a moving tag cannot be pointed back', async () => {
  let moves = 0
  const tagsStay: Parameters<typeof fakes>[1] = {
    updateService: refuse,
    moveTags: async ({ images }) => {
      moves += 1
      return moves % 2 === 0 ? denied() : images
    },
  }
  const pinned = await runRelease(harness, tagsStay)
  assert.equal(pinned.result.outcome, 'rolled_back')
  assert.match(pinned.result.warnings.join(), /could not point the moving tags back: not allowed/)
  const forced = await runRelease(harness, tagsStay, { mode: 'force' })
  assert.equal(forced.result.outcome, 'rollback_failed')
  assert.match(
    forced.result.message,
    /point the moving tags back: not allowed\. .*A person is needed now\.$/,
  )
})

test('a revision that AWS refused to start is deregistered if the configuration says so', async () => {
  const { result, calls } = await runRelease(
    harness,
    { updateService: refuse, deregisterRevisions: async () => ['mailman-api:8 was deregistered'] },
    { rollback: { timeoutMs: 60_000, deregister: true } },
  )
  assert.equal(result.outcome, 'rejected')
  assert.ok(calls.includes('deregisterRevisions'))
})
