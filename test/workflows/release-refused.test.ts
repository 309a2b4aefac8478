import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import { digestOf, type fakes } from './fixtures.ts'
import { startHarness, type Harness } from './harness.ts'
import { denied, releaseWith } from './released.ts'

let harness: Harness
before(async () => {
  harness = await startHarness()
})
after(() => harness.close())

const refuse = async () => {
  throw ApplicationFailure.nonRetryable('AWS denies ecs:UpdateService.', 'DeploymentRefused')
}

test('a release whose first deployment AWS refuses has touched nothing', async () => {
  const moved: string[] = []
  const { result, calls } = await releaseWith(harness, {
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

test('when AWS refuses the second deployment the first one is taken back', async () => {
  const { result, calls } = await releaseWith(harness, {
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

test('what AWS refuses counts as touched as long as a moving tag could not be put back', async () => {
  let moves = 0
  const tagsThatStay: Parameters<typeof fakes>[1] = {
    updateService: refuse,
    moveTags: async ({ images }) => {
      moves += 1
      return moves % 2 === 0 ? denied() : images
    },
  }
  const pinned = await releaseWith(harness, tagsThatStay)
  assert.equal(pinned.result.outcome, 'rolled_back')
  assert.match(pinned.result.warnings.join(), /could not point the moving tags back: not allowed/)
  const forced = await releaseWith(harness, tagsThatStay, { mode: 'force' })
  assert.equal(forced.result.outcome, 'rollback_failed')
  assert.match(
    forced.result.message,
    /point the moving tags back: not allowed\. .*A person is needed now\.$/,
  )
})

test('a revision that AWS refused to start is deregistered where that is wanted', async () => {
  const { result, calls } = await releaseWith(
    harness,
    { updateService: refuse, deregisterRevisions: async () => ['mailman-api:8 was deregistered'] },
    { rollback: { timeoutMs: 60_000, deregister: true } },
  )
  assert.equal(result.outcome, 'rejected')
  assert.ok(calls.includes('deregisterRevisions'))
})
