import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import { abortable, pause } from '../../../../client/temporal/abort.ts'

const reason = new Error('the caller has had enough')

/** Makes calls as Temporal's client does: each adds its listener to the signal, and leaves it there. */
function clientWithCalls() {
  let current: AbortSignal | undefined
  return {
    client: {
      withAbortSignal<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
        current = signal
        return work()
      },
    },
    call: () =>
      new Promise<never>((_, reject) => {
        current?.addEventListener('abort', () => reject(new Error('CANCELLED')))
      }),
  }
}

describe('abortable calls', () => {
  test('an abort cancels the call in flight, and rejects with the reason of the caller', async () => {
    const controller = new AbortController()
    const { client, call } = clientWithCalls()
    const calling = abortable(client, controller.signal, call)
    controller.abort(reason)
    await assert.rejects(calling, (error) => error === reason)
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
  })

  test('a call that begins after the abort is cancelled, too', async () => {
    const controller = new AbortController()
    const { client, call } = clientWithCalls()
    const encoded = Promise.withResolvers<void>()
    const calling = abortable(client, controller.signal, async () => {
      await encoded.promise
      return call()
    })
    controller.abort(reason)
    encoded.resolve()
    await assert.rejects(calling, (error) => error === reason)
  })

  test('no call is made once the signal is aborted', async () => {
    const { client } = clientWithCalls()
    const calling = abortable(client, AbortSignal.abort(reason), () => assert.fail('called'))
    await assert.rejects(calling, (error) => error === reason)
  })

  test('calls leave no listener on a signal that lives longer than they do', async () => {
    const { signal } = new AbortController()
    const { client, call } = clientWithCalls()
    for (let poll = 0; poll < 3; poll += 1) {
      const answer = await abortable(client, signal, async () => {
        call().catch(() => {})
        return 'answer'
      })
      assert.equal(answer, 'answer')
    }
    await assert.rejects(
      abortable(client, signal, () => Promise.reject(new Error('lost'))),
      /lost/,
    )
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })
})

test('a pause ends at once when it is aborted, with the reason', async () => {
  const controller = new AbortController()
  const pausing = pause(600_000, controller.signal)
  controller.abort(reason)
  await assert.rejects(pausing, (error) => error === reason)
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
})
