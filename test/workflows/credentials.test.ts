import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import { releaseDetails } from '../../text/details.ts'
import { releaseStatus } from '../../contract/messages.ts'
import type { ReleaseStatus } from '../../contract/releases.ts'
import { live } from './fixtures.ts'
import { startHarness } from './harness.ts'
import { runRelease } from './run-release.ts'

/** Credentials that AWS no longer accepts when a release rolls back. */

const harness = await startHarness()
after(() => harness.close())

const minute = 60_000

const unhealthy: RolloutEnd = { kind: 'failed', reason: 'the health check fails', cause: '' }

const expired = () =>
  ApplicationFailure.nonRetryable('AWS does not accept them (ExpiredToken).', 'CredentialsInvalid')

/** An activity whose credentials AWS does not accept until they are renewed. */
function expiring<Result>(result: Result) {
  let renewed = false
  return {
    renew: () => {
      renewed = true
    },
    call: async () => {
      if (!renewed) throw expired()
      return result
    },
  }
}

const workerFails = {
  waitForRollout: async ({ service }: { service: { name: string } }) =>
    service.name === 'worker' ? unhealthy : live,
}

/** Fails and is retried, as when workers die, until the deadline. The clock skips in between. */
async function neverRenewed({ deadline }: { deadline: number }): Promise<boolean> {
  if ((await harness.env.currentTimeMs()) < deadline) throw new Error('cut short')
  return false
}

test('a rollback continues once credentials are renewed, and people see what it waits for', async () => {
  const rollBack = expiring(live)
  let seen: ReleaseStatus | undefined
  const { result, calls, steps } = await runRelease(harness, {
    ...workerFails,
    rollBackService: rollBack.call,
    awaitCredentials: async () => {
      const { workflowId = '' } = Context.current().info.workflowExecution ?? {}
      seen = await harness.env.client.workflow.getHandle(workflowId).query(releaseStatus)
      rollBack.renew()
      return true
    },
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.deepEqual(
    calls.filter((call) => call.startsWith('rollBack')),
    ['rollBackService worker', 'rollBackService worker', 'rollBackService api'],
  )
  assert.ok(seen)
  const note =
    /AWS does not accept the worker's credentials.* as soon as they are renewed, until \d\d:\d\d UTC/
  assert.match(releaseDetails(seen), note)
  const step = seen.steps.find(({ name }) => name === 'credentials')
  assert.match(step?.note ?? '', note)
  assert.equal(step?.state, 'running')
  assert.equal(steps.find(({ name }) => name === 'credentials')?.note, 'renewed')
})

test('credentials that nobody renews within the time of one rollback need a person', async () => {
  const { result, calls } = await runRelease(
    harness,
    { ...workerFails, rollBackService: expiring(live).call, awaitCredentials: neverRenewed },
    { rollback: { timeoutMs: 20 * minute } },
  )
  assert.equal(result.outcome, 'rollback_failed')
  for (const service of ['worker', 'api']) {
    const expected = `${service}: AWS does not accept them \\(ExpiredToken\\)\\. They had not been renewed by`
    assert.match(result.message, new RegExp(expected))
  }
  assert.match(result.message, /A person is needed now/)
  const took = result.endedAt - result.startedAt
  assert.ok(took >= 20 * minute && took < 22 * minute, `${took} ms`)
  // The second service is tried as well, without another wait.
  assert.deepEqual(
    calls.filter((call) => call.startsWith('rollBack')),
    ['rollBackService worker', 'rollBackService api'],
  )
})

test('the moving tags wait for credentials, too, if a service was touched', async () => {
  const moved = expiring([])
  let moves = 0
  const { result } = await runRelease(harness, {
    waitForRollout: async () => unhealthy,
    moveTags: async ({ images }) => {
      moves += 1
      return moves === 1 ? images : moved.call()
    },
    awaitCredentials: async () => {
      moved.renew()
      return true
    },
  })
  assert.equal(result.outcome, 'rolled_back')
  assert.deepEqual(result.warnings, [])
})

test('a release that has only moved a tag reports invalid credentials at once', async () => {
  let moves = 0
  const { result, calls } = await runRelease(harness, {
    updateService: async () => {
      throw ApplicationFailure.nonRetryable('AWS does not accept them.', 'DeploymentRefused')
    },
    moveTags: async ({ images }) => {
      moves += 1
      if (moves > 1) throw expired()
      return images
    },
  })
  assert.ok(!calls.some((call) => call.startsWith('awaitCredentials')))
  assert.match(result.warnings.join(), /could not point the moving tags back: .*ExpiredToken/)
})

test('credentials that are invalid before anything was touched reject the release at once', async () => {
  const { result, calls } = await runRelease(harness, {
    registerRevisions: async () => {
      throw expired()
    },
  })
  assert.equal(result.outcome, 'rejected')
  assert.ok(!calls.some((call) => call.startsWith('awaitCredentials')))
})
