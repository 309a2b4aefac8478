import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import * as protocol from '../../contract/messages.ts'
import {
  heldRollout,
  startEnvironmentHarness,
  until,
  type EnvironmentFixture,
} from './environment-fixture.ts'
import { anotherCommit, commit } from './fixtures.ts'
import { eventsIn, secret, withNotifiedEnvironment } from './notified-environment.ts'

const harness = await startEnvironmentHarness()
after(() => harness.close())

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
