import { isTransient, isThrottled } from '../aws/errors.ts'
import { createRequestQueue, type PendingRequest, type SharedCall } from './requests.ts'
import type { RateLimiter, When } from './rate-limiter.ts'

/** One operation, asked about many things at once. */
export interface Batcher<Answer> {
  /**
   * The answer about `key`, from a call that several askers share. Rejects with the error of that
   * call, or with the signal's reason.
   */
  ask(key: string, when: When): Promise<Answer>
}

export interface BatcherOptions<Answer> {
  readonly gate: RateLimiter
  /** How many keys the next call may ask for, of the asks that wait. */
  readonly batch: (waiting: number) => number
  /**
   * One call, which the gate has counted. Gives the answer for each key, or `ask again` where it
   * must be asked in another way, as `batch` will then say.
   */
  readonly send: (
    keys: readonly string[],
    signal: AbortSignal,
  ) => Promise<((key: string) => Answer) | 'ask again'>
  /** While a call for several keys is under way, others gather for the next one. */
  readonly oneBatchAtATime?: boolean
}

/**
 * A lane through a gate. A call that several share and that fails for good is made again for each
 * of them by itself, so that one bad key hurts nobody else.
 */
export function createBatcher<Answer>(options: BatcherOptions<Answer>): Batcher<Answer> {
  const { gate, batch, send, oneBatchAtATime = false } = options
  const asks = createRequestQueue<Answer>(() => gate.wake())
  let busy = false

  async function sendFor(
    taken: readonly PendingRequest<Answer>[],
  ): Promise<'answered' | 'throttled'> {
    const call: SharedCall = { abort: new AbortController(), waiting: taken.length }
    for (const ask of taken) ask.call = call
    const keys = [...new Set(taken.map(({ key }) => key))]
    const exclusive = oneBatchAtATime && keys.length > 1
    if (exclusive) busy = true
    try {
      const answerTo = await send(keys, call.abort.signal)
      for (const ask of taken) {
        if (answerTo === 'ask again') asks.putBack(ask)
        else ask.answer(answerTo(ask.key))
      }
      return 'answered'
    } catch (error) {
      const perhapsNotMine = keys.length > 1 && !isTransient(error)
      for (const ask of taken) {
        if (perhapsNotMine) {
          ask.alone = true
          asks.putBack(ask)
        } else ask.fail(error)
      }
      return isThrottled(error) ? 'throttled' : 'answered'
    } finally {
      if (exclusive) busy = false
    }
  }

  gate.add({
    nextDue: () => (busy ? Infinity : (asks.first()?.due ?? Infinity)),
    send: () => sendFor(asks.take(Math.max(1, batch(asks.size())))),
  })

  return {
    ask(key, when) {
      const answer = asks.add(key, when)
      gate.wake()
      return answer
    },
  }
}
