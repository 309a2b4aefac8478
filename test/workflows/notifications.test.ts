import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { NotificationSpec } from '../../contract/environment-spec.ts'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import * as protocol from '../../contract/messages.ts'
import type { TestedNotification } from '../../contract/notifications.ts'
import { heldRollout, startEnvironmentHarness, until } from './environment-fixture.ts'
import { anotherCommit, commit } from './fixtures.ts'
import type { Received } from './receiver.ts'
import { bodyOf, eventsIn, webhook, withNotifiedEnvironment } from './notified-environment.ts'

const harness = await startEnvironmentHarness()
after(() => harness.close())

const isSlack = (one: Received) => 'blocks' in (JSON.parse(one.body) as object)

const unhealthy: RolloutEnd = {
  kind: 'rolled_back',
  reason: 'ECS rolled it back',
  cause: 'Health checks.',
}

test('receivers learn that a deploy needs an approval, has started and has ended', async () => {
  const slack: NotificationSpec = { ...webhook, type: 'slack', urlFrom: 'SLACK_WEBHOOK_URL' }
  await withNotifiedEnvironment(
    harness,
    { rules: { approval: { timeoutMs: 60_000 } }, notifications: [webhook, slack] },
    async ({ environment, receiver, deploy }) => {
      const asked = await deploy(commit)
      await receiver.arrived(2)
      await environment.handle.executeUpdate(protocol.controlUpdates.approve, { args: [{}] })
      assert.equal((await environment.end(asked)).outcome, 'succeeded')
      const received = await receiver.arrived(6)
      const hooks = received.filter((one) => !isSlack(one))
      assert.deepEqual(eventsIn(hooks), ['approval_needed', 'started', 'succeeded'])
      assert.equal(new Set(hooks.map(({ headers }) => headers['webhook-id'])).size, 3)
      for (const one of hooks) assert.equal(bodyOf(one).data.release, asked.releaseId)
      assert.deepEqual(
        received.filter(isSlack).map(({ body }) => /^\{"text":"(\S+)/.exec(body)?.[1]),
        ['✋', '🚀', '✅'],
      )
      await until(
        () => environment.status(),
        ({ unsent }) => unsent === undefined,
      )
    },
  )
})

test('the notification of a rollback has the cause', async () => {
  const otherwise = { waitForRollout: async () => unhealthy }
  await withNotifiedEnvironment(harness, { otherwise }, async ({ receiver, deploy }) => {
    await deploy(commit)
    const received = await receiver.arrived(2)
    assert.deepEqual(eventsIn(received), ['started', 'rolled_back'])
    assert.equal(received[1] && bodyOf(received[1]).data.cause, 'Health checks.')
  })
})

test('receivers learn that a rollback failed', async () => {
  const otherwise = {
    waitForRollout: async () => unhealthy,
    rollBackService: async () => unhealthy,
  }
  await withNotifiedEnvironment(harness, { otherwise }, async ({ receiver, deploy }) => {
    await deploy(commit)
    assert.deepEqual(eventsIn(await receiver.arrived(2)), ['started', 'rollback_failed'])
  })
})

test('a deploy that never starts ends, too: superseded or cancelled', async () => {
  const wait = heldRollout()
  const otherwise = { waitForRollout: wait.waitForRollout }
  await withNotifiedEnvironment(
    harness,
    { otherwise },
    async ({ environment, receiver, deploy }) => {
      await deploy(commit)
      await wait.begun
      const second = await deploy(anotherCommit)
      const third = await deploy('c'.repeat(40))
      const received = await receiver.arrived(2)
      assert.deepEqual(eventsIn(received), ['started', 'superseded'])
      assert.equal(received[1] && bodyOf(received[1]).data.release, second.releaseId)
      await environment.handle.executeUpdate(protocol.controlUpdates.cancel, {
        args: [{ release: third.releaseId }],
      })
      assert.deepEqual(eventsIn(await receiver.arrived(3)), ['started', 'superseded', 'cancelled'])
      wait.finish()
      await receiver.arrived(4)
    },
  )
})

test('a missing variable does not affect the release, and is reported by name', async () => {
  const notifications = [{ ...webhook, urlFrom: 'MISSING' }]
  await withNotifiedEnvironment(
    harness,
    { notifications },
    async ({ environment, receiver, deploy }) => {
      assert.equal((await environment.end(await deploy(commit))).outcome, 'succeeded')
      const { undelivered = [] } = await until(
        () => environment.status(),
        (status) => status.undelivered?.length === 2,
      )
      assert.deepEqual(
        undelivered.map(({ event, to }) => `${event} ${to}`),
        ['outcome webhook (MISSING)', 'started webhook (MISSING)'],
      )
      for (const { reason } of undelivered) {
        assert.match(reason, /^The variable MISSING for notifications of .* is not set/)
      }
      assert.equal(receiver.received.length, 0)
    },
  )
})

test('a test reports for each receiver whether it arrived', async () => {
  const notifications = [webhook, { ...webhook, urlFrom: 'MISSING' }]
  await withNotifiedEnvironment(
    harness,
    { replies: [{ status: 500 }] },
    async ({ environment, receiver }) => {
      const spec = { ...environment.spec, notifications }
      const tested = await harness.env.client.workflow.execute<
        (input: object) => Promise<readonly TestedNotification[]>
      >(protocol.testNotificationsWorkflow, {
        workflowId: `notify/${spec.environment}`,
        taskQueue: spec.taskQueues.release,
        args: [{ spec, requestedBy: 'ann@laptop' }],
      })
      assert.deepEqual(
        tested.map(({ to, failure }) => [to, failure?.slice(0, 20)]),
        [
          ['webhook (HOOK)', undefined],
          ['webhook (MISSING)', 'The variable MISSING'],
        ],
      )
      assert.deepEqual(
        receiver.received.map((one) => bodyOf(one).type),
        ['test', 'test'],
      )
    },
  )
})
