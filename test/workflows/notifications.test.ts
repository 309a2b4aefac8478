import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import type { NotificationSpec } from '../../contract/environment-spec.ts'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import * as protocol from '../../contract/messages.ts'
import type { TestedNotification } from '../../contract/notifications.ts'
import {
  heldWait,
  startEnvironmentHarness,
  until,
  type EnvironmentFixture,
} from './environment-fixture.ts'
import { anotherCommit, commit } from './fixtures.ts'
import type { Harness } from './harness.ts'
import type { Received } from './receiver.ts'
import { bodyOf, secret, webhook, whatIn, withNotifiedEnvironment } from './notified-environment.ts'

let harness: Harness
before(async () => {
  harness = await startEnvironmentHarness()
})
after(() => harness.close())

const isSlack = (one: Received) => 'blocks' in (JSON.parse(one.body) as object)

const sick: RolloutEnd = {
  kind: 'rolled_back',
  reason: 'ECS took it back',
  cause: 'Health checks.',
}

test('people hear that an approval is needed, that it has started, and how it ended', async () => {
  const slack: NotificationSpec = { ...webhook, type: 'slack', urlFrom: 'SLACK_WEBHOOK_URL' }
  await withNotifiedEnvironment(
    harness,
    { rules: { approval: { timeoutMs: 60_000 } }, told: [webhook, slack] },
    async ({ environment, receiver, deploy }) => {
      const asked = await deploy(commit)
      await receiver.arrived(2)
      await environment.handle.executeUpdate(protocol.controlUpdates.approve, { args: [{}] })
      assert.equal((await environment.end(asked)).outcome, 'succeeded')
      const received = await receiver.arrived(6)
      const hooks = received.filter((one) => !isSlack(one))
      assert.deepEqual(whatIn(hooks), ['approval_needed', 'started', 'succeeded'])
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

test('the end of a release that was taken back says why', async () => {
  const otherwise = { waitForRollout: async () => sick }
  await withNotifiedEnvironment(harness, { otherwise }, async ({ receiver, deploy }) => {
    await deploy(commit)
    const received = await receiver.arrived(2)
    assert.deepEqual(whatIn(received), ['started', 'rolled_back'])
    assert.equal(received[1] && bodyOf(received[1]).data.cause, 'Health checks.')
  })
})

test('people hear that a release could not be taken back', async () => {
  const otherwise = { waitForRollout: async () => sick, rollBackService: async () => sick }
  await withNotifiedEnvironment(harness, { otherwise }, async ({ receiver, deploy }) => {
    await deploy(commit)
    assert.deepEqual(whatIn(await receiver.arrived(2)), ['started', 'rollback_failed'])
  })
})

test('a deploy that never starts has an end, too: superseded or cancelled', async () => {
  const wait = heldWait()
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
      assert.deepEqual(whatIn(received), ['started', 'superseded'])
      assert.equal(received[1] && bodyOf(received[1]).data.release, second.releaseId)
      await environment.handle.executeUpdate(protocol.controlUpdates.cancel, {
        args: [{ release: third.releaseId }],
      })
      assert.deepEqual(whatIn(await receiver.arrived(3)), ['started', 'superseded', 'cancelled'])
      wait.letGo()
      await receiver.arrived(4)
    },
  )
})

test('a receiver that hangs holds up neither the release nor the one behind it', async () => {
  await withNotifiedEnvironment(
    harness,
    { replies: Array(9).fill('hang'), withinMs: 60_000 },
    async (stage) => {
      const { environment, receiver, deploy } = stage
      assert.equal((await environment.end(await deploy(commit))).outcome, 'succeeded')
      assert.equal((await environment.end(await deploy(anotherCommit))).outcome, 'succeeded')
      // The first request of each is still without an answer, and its end waits behind it.
      assert.deepEqual(whatIn(await receiver.arrived(2)), ['started', 'started'])
      assert.deepEqual(
        (await environment.status()).unsent?.map(({ event, to }) => `${event} ${to}`),
        ['started', 'outcome', 'started', 'outcome'].map((event) => `${event} webhook (HOOK)`),
      )
    },
  )
})

test('what does not arrive is sent again under the same id, and nothing overtakes it', async () => {
  const busy = { status: 429, headers: { 'retry-after': '3' } }
  await withNotifiedEnvironment(
    harness,
    { replies: [busy, { status: 500 }, 'drop'] },
    async ({ receiver, deploy }) => {
      await deploy(commit)
      const received = await receiver.arrived(5)
      assert.deepEqual(whatIn(received), [...Array(4).fill('started'), 'succeeded'])
      const ids = received.slice(0, 4).map(({ headers }) => headers['webhook-id'])
      assert.equal(new Set(ids).size, 1)
      const [first = 0, second = 0] = received.map(({ headers }) =>
        Number(headers['webhook-timestamp']),
      )
      assert.ok(second - first >= 3, 'not before the receiver asked for it')
    },
  )
})

test('a release that is cancelled takes no notice with it', async () => {
  const wait = heldWait()
  await withNotifiedEnvironment(
    harness,
    { otherwise: { waitForRollout: wait.waitForRollout }, replies: [{ status: 500 }] },
    async ({ environment, receiver, deploy }) => {
      const asked = await deploy(commit)
      await wait.begun
      await receiver.arrived(1)
      await environment.handle.executeUpdate(protocol.controlUpdates.cancel, { args: [{}] })
      assert.equal((await environment.end(asked)).outcome, 'cancelled')
      assert.deepEqual(whatIn(await receiver.arrived(3)), ['started', 'started', 'cancelled'])
    },
  )
})

test('a worker without the variable lets the release be, and says which one is missing', async () => {
  const told = [{ ...webhook, urlFrom: 'MISSING' }]
  await withNotifiedEnvironment(harness, { told }, async ({ environment, receiver, deploy }) => {
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
  })
})

test('an environment that continues as new hands on what has not arrived', async () => {
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
    assert.deepEqual(whatIn(receiver.received.slice(failed)), ['started', 'succeeded'])
    assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 2)
  })
})

test('what is under way when an environment continues as new is not sent a second time', async () => {
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
      assert.deepEqual(whatIn(await receiver.arrived(2)), ['started', 'succeeded'])
      await until(
        () => environment.status(),
        ({ unsent }) => unsent === undefined,
      )
      assert.equal(receiver.received.length, 2)
    },
  )
})

/** Gives an environment so many events that the server asks for a new run, and waits for that. */
async function continuedAsNew({ handle }: EnvironmentFixture): Promise<void> {
  const { runId } = await handle.describe()
  await Promise.all(Array.from({ length: 500 }, () => handle.signal('freeze', 42)))
  await until(
    () => handle.describe(),
    (now) => now.runId !== runId,
  )
}

test('no address and no secret stands in any history', async () => {
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

/** Payloads are Base64 in a history: this makes their text readable, too. */
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
  const told = [webhook, { ...webhook, urlFrom: 'MISSING' }]
  await withNotifiedEnvironment(
    harness,
    { replies: [{ status: 500 }] },
    async ({ environment, receiver }) => {
      const spec = { ...environment.spec, notifications: told }
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
