import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Client, ServiceError, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { requested } from '../../../client/request.ts'

/** Asking with a deadline is the server's business: here each try ends as it is told to. */
const client = {
  withAbortSignal: (_: AbortSignal, ask: () => Promise<unknown>) => ask(),
  withDeadline: (_: number, ask: () => Promise<unknown>) => ask(),
} as unknown as Client

const patience = { outageMs: 200, pauseMs: 1 }

/** As the client library fails, with the number of a gRPC status. */
function failing(code: number) {
  const cause = Object.assign(new Error('the network says so'), { code, details: '', metadata: {} })
  return new ServiceError('Failed', { cause })
}

const unavailable = 14
const deadline = 4

test('what gets no answer for a while is asked again until it does', async () => {
  let asked = 0
  const answer = await requested(
    client,
    'production',
    async () => {
      asked += 1
      if (asked < 9) throw failing(unavailable)
      return 'let in'
    },
    { ...patience, outageMs: 60_000 },
  )
  assert.equal(answer, 'let in')
})

test('nobody says that nothing was touched where the request may have arrived', async () => {
  for (const [code, message] of [
    [unavailable, /The connection to Temporal is lost .*production may have been asked or not/],
    [deadline, /production was asked and did not answer in time; it may still act on it/],
  ] as const) {
    await assert.rejects(
      requested(client, 'production', () => Promise.reject(failing(code)), patience),
      { name: 'Refusal', exitStatus: 124, message },
    )
  }
})

test('a no is a no at once', async () => {
  let asked = 0
  const no = async () => {
    asked += 1
    throw new WorkflowUpdateFailedError('no', ApplicationFailure.create({ message: 'frozen' }))
  }
  await assert.rejects(requested(client, 'production', no, patience), {
    exitStatus: 2,
    message: /^Refused: frozen/,
  })
  assert.equal(asked, 1)
})
