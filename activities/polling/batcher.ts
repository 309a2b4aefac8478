import { isThrottled, isTransient } from '../aws/errors.ts'
import type { RateLimiter, RequestTiming } from './rate-limiter.ts'
import { createRequestQueue, type PendingRequest, type SharedCall } from './requests.ts'

/** One operation that answers requests about several keys in one call. */
export interface Batcher<Answer> {
  /**
   * The answer about `key`, from a call that several requests may share. Rejects with the error of
   * that call, or with the signal's reason.
   */
  request(key: string, timing: RequestTiming): Promise<Answer>
}

export interface BatcherOptions<Answer> {
  readonly limiter: RateLimiter
  /** How many keys the next call may take, given how many requests wait. */
  readonly batchSize: (waiting: number) => number
  /**
   * Makes one call, which the limiter has already counted. Returns the answer for each key, or
   * `retry` if the requests must be sent again in other batches, as `batchSize` will then say.
   */
  readonly send: (
    keys: readonly string[],
    signal: AbortSignal,
  ) => Promise<((key: string) => Answer) | 'retry'>
  /** While a call for several keys is in flight, other requests gather for the next one. */
  readonly oneBatchAtATime?: boolean
}

/**
 * Sends the requests for one operation in batches. If a shared call fails permanently, it is
 * repeated for each request alone, so that one bad key fails only its own request.
 */
export function createBatcher<Answer>(options: BatcherOptions<Answer>): Batcher<Answer> {
  const { limiter, batchSize, send, oneBatchAtATime = false } = options
  const queue = createRequestQueue<Answer>(() => limiter.wake())
  let busy = false

  async function sendBatch(
    batch: readonly PendingRequest<Answer>[],
  ): Promise<'answered' | 'throttled'> {
    const call: SharedCall = { abort: new AbortController(), waiting: batch.length }
    for (const request of batch) request.call = call
    const keys = [...new Set(batch.map(({ key }) => key))]
    const exclusive = oneBatchAtATime && keys.length > 1
    if (exclusive) busy = true
    try {
      const answerTo = await send(keys, call.abort.signal)
      for (const request of batch) {
        if (answerTo === 'retry') queue.putBack(request)
        else request.resolve(answerTo(request.key))
      }
      return 'answered'
    } catch (error) {
      const mayBeOneKey = keys.length > 1 && !isTransient(error)
      for (const request of batch) {
        if (mayBeOneKey) {
          request.sendAlone = true
          queue.putBack(request)
        } else request.reject(error)
      }
      return isThrottled(error) ? 'throttled' : 'answered'
    } finally {
      if (exclusive) busy = false
    }
  }

  limiter.add({
    nextDue: () => (busy ? Infinity : (queue.first()?.due ?? Infinity)),
    send: () => sendBatch(queue.take(Math.max(1, batchSize(queue.size())))),
  })

  return {
    request(key, timing) {
      const answer = queue.add(key, timing)
      limiter.wake()
      return answer
    },
  }
}
