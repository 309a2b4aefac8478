import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import type { NotificationSpec } from '../../contract/environment-spec.ts'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import * as protocol from '../../contract/messages.ts'
import type { TestedNotification } from '../../contract/notifications.ts'
import {
  heldRollout,
  startEnvironmentHarness,
  until,
  type EnvironmentFixture,
} from './environment-fixture.ts'
import { anotherCommit, commit } from './fixtures.ts'
import type { Harness } from './harness.ts'
import type { Received } from './receiver.ts'
import {
  bodyOf,
  secret,
  webhook,
  eventsIn,
  withNotifiedEnvironment,
} from './notified-environment.ts'

let harness: Harness
before(async () => {
  harness = await startEnvironmentHarness()
})
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

test('a receiver that hangs delays neither the release nor the next one', async () => {
  await withNotifiedEnvironment(
    harness,
    { replies: Array(9).fill('hang'), withinMs: 60_000 },
    async (stage) => {
      const { environment, receiver, deploy } = stage
      assert.equal((await environment.end(await deploy(commit))).outcome, 'succeeded')
      assert.equal((await environment.end(await deploy(anotherCommit))).outcome, 'succeeded')
      // The first request of each release has no answer yet, and the next waits behind it.
      assert.deepEqual(eventsIn(await receiver.arrived(2)), ['started', 'started'])
      assert.deepEqual(
        (await environment.status()).unsent?.map(({ event, to }) => `${event} ${to}`),
        ['started', 'outcome', 'started', 'outcome'].map((event) => `${event} webhook (HOOK)`),
      )
    },
  )
})

test('a failed notification is sent again under the same id, and none overtakes it', async () => {
  const busy = { status: 429, headers: { 'retry-after': '3' } }
  await withNotifiedEnvironment(
    harness,
    { replies: [busy, { status: 500 }, 'drop'] },
    async ({ receiver, deploy }) => {
      await deploy(commit)
      const received = await receiver.arrived(5)
      assert.deepEqual(eventsIn(received), [...Array(4).fill('started'), 'succeeded'])
      const ids = received.slice(0, 4).map(({ headers }) => headers['webhook-id'])
      assert.equal(new Set(ids).size, 1)
      const [first = 0, second = 0] = received.map(({ headers }) =>
        Number(headers['webhook-timestamp']),
      )
      assert.ok(second - first >= 3, 'not before the time that the receiver asked for')
    },
  )
})

test('a cancelled release still sends its notifications', async () => {
  const wait = heldRollout()
  await withNotifiedEnvironment(
    harness,
    { otherwise: { waitForRollout: wait.waitForRollout }, replies: [{ status: 500 }] },
    async ({ environment, receiver, deploy }) => {
      const asked = await deploy(commit)
      await wait.begun
      await receiver.arrived(1)
      await environment.handle.executeUpdate(protocol.controlUpdates.cancel, { args: [{}] })
      assert.equal((await environment.end(asked)).outcome, 'cancelled')
      assert.deepEqual(eventsIn(await receiver.arrived(3)), ['started', 'started', 'cancelled'])
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

test('pending notifications survive continue-as-new', async () => {
  let status = 503
  const replies = Array.from({ length: 5_000 }, () => ({
    get status() {
      return status
    },
  }))
  await withNotifiedEnvironment(harness, { replies }, async ({ environment, receiver, deploy }) => {
    assert.equal((await environment.end(await deploy(commit))).outcome, 'succeeded')
    await receiver.arrived(1)
    await continuedAsNew(environment)
    assert.deepEqual(
      (await environment.status()).unsent?.map(({ event }) => event),
      ['started', 'outcome'],
    )
    const failed = receiver.received.length
    status = 200
    const { undelivered } = await until(
      () => environment.status(),
      ({ unsent }) => unsent === undefined,
    )
    assert.equal(undelivered, undefined)
    assert.deepEqual(eventsIn(receiver.received.slice(failed)), ['started', 'succeeded'])
    assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 2)
  })
})

test('a notification that is being sent during continue-as-new is not sent twice', async () => {
  const answered = Promise.withResolvers<void>()
  const slow = { status: 200, when: answered.promise }
  await withNotifiedEnvironment(
    harness,
    { replies: [slow], withinMs: 60_000 },
    async ({ environment, receiver, deploy }) => {
      assert.equal((await environment.end(await deploy(commit))).outcome, 'succeeded')
      await receiver.arrived(1)
      const { runId } = await environment.handle.describe()
      const next = continuedAsNew(environment)
      await until(
        () => environment.handle.describe(),
        (now) => now.historyLength > 500 || now.runId !== runId,
      )
      await environment.status()
      answered.resolve()
      await next
      assert.deepEqual(eventsIn(await receiver.arrived(2)), ['started', 'succeeded'])
      await until(
        () => environment.status(),
        ({ unsent }) => unsent === undefined,
      )
      assert.equal(receiver.received.length, 2)
    },
  )
})

/** Sends so many signals that the server suggests continue-as-new, and waits for the new run. */
async function continuedAsNew({ handle }: EnvironmentFixture): Promise<void> {
  const { runId } = await handle.describe()
  await Promise.all(Array.from({ length: 500 }, () => handle.signal('freeze', 42)))
  await until(
    () => handle.describe(),
    (now) => now.runId !== runId,
  )
}

test('no history contains an address or a secret', async () => {
  await withNotifiedEnvironment(
    harness,
    { replies: [{ status: 400 }, 'drop'] },
    async ({ environment, receiver, deploy }) => {
      const asked = await deploy(commit)
      await environment.end(asked)
      await receiver.arrived(3)
      await until(
        () => environment.status(),
        ({ unsent, undelivered }) => unsent === undefined && undelivered?.length === 1,
      )
      const histories = await Promise.all([
        environment.handle.fetchHistory(),
        environment.release(asked).fetchHistory(),
      ])
      const port = new URL(receiver.url).port
      for (const history of histories) {
        const text = decoded(historyToJSON(history))
        assert.match(text, /api/)
        for (const hidden of ['a-secret-path', `127.0.0.1:${port}`, secret.slice(6, 40)]) {
          assert.ok(!text.includes(hidden), hidden)
        }
      }
      assert.match(decoded(historyToJSON(histories[0])), /HOOK/)
    },
  )
})

/** Decodes the payloads, which are Base64 in a history. */
function decoded(history: string): string {
  return JSON.stringify(
    JSON.parse(history, (key, value: unknown) =>
      key === 'data' && typeof value === 'string'
        ? Buffer.from(value, 'base64').toString('utf8')
        : value,
    ),
  )
}

test('a test says of everybody whether it arrived', async () => {
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
