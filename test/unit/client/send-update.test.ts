import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { type Client, ServiceError, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { sendUpdate } from '../../../client/send-update.ts'

/** The server keeps the deadline: here each attempt ends as the test says. */
const client = {
  withAbortSignal: (_: AbortSignal, ask: () => Promise<unknown>) => ask(),
  withDeadline: (_: number, ask: () => Promise<unknown>) => ask(),
} as unknown as Client

const timeouts = { outageMs: 200, pauseMs: 1 }

/** As the client library fails, with the number of a gRPC status. */
function failing(code: number) {
  const cause = Object.assign(new Error('the network says so'), { code, details: '', metadata: {} })
  return new ServiceError('Failed', { cause })
}

const unavailable = 14
const deadline = 4

test('an Update that gets no answer for a while is sent again until it does', async () => {
  let sent = 0
  const answer = await sendUpdate(
    client,
    'production',
    async () => {
      sent += 1
      if (sent < 9) throw failing(unavailable)
      return 'admitted'
    },
    { ...timeouts, outageMs: 60_000 },
  )
  assert.equal(answer, 'admitted')
})

test('an Update that may have arrived is never reported as one that changed nothing', async () => {
  for (const [code, message] of [
    [unavailable, /The connection to Temporal is lost .*production may have been asked or not/],
    [deadline, /production was asked and did not answer in time; it may still act on it/],
  ] as const) {
    await assert.rejects(
      sendUpdate(client, 'production', () => Promise.reject(failing(code)), timeouts),
      { name: 'UserError', exitStatus: 124, message },
    )
  }
})

test('a rejection is final at once', async () => {
  let sent = 0
  const reject = async () => {
    sent += 1
    throw new WorkflowUpdateFailedError('no', ApplicationFailure.create({ message: 'frozen' }))
  }
  await assert.rejects(sendUpdate(client, 'production', reject, timeouts), {
    exitStatus: 2,
    message: /^Rejected: frozen/,
  })
  assert.equal(sent, 1)
})

test('an abort between two attempts rejects with its reason, and leaves no timer and no listener', async () => {
  const controller = new AbortController()
  const { signal } = controller
  const reason = new Error('the caller has had enough')
  const handlers = process.listenerCount('SIGINT')
  const failed = Promise.withResolvers<void>()
  const sending = sendUpdate(
    client,
    'production',
    async () => {
      failed.resolve()
      assert.equal(process.listenerCount('SIGINT'), handlers, 'signals are not its business')
      throw failing(unavailable)
    },
    { signal, pauseMs: 60_000, outageMs: 600_000 },
  )
  await failed.promise
  // It pauses from the next turn of the event loop on.
  setImmediate(() => controller.abort(reason))
  await assert.rejects(sending, (error) => error === reason)
  assert.equal(getEventListeners(signal, 'abort').length, 0)
  assert.deepEqual(timers(), [])
})

test('nothing is sent once the signal is aborted', async () => {
  const reason = new Error('already')
  const options = { signal: AbortSignal.abort(reason) }
  const sending = sendUpdate(client, 'production', () => assert.fail('it was sent'), options)
  await assert.rejects(sending, (error) => error === reason)
})

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout')
