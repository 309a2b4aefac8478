import { isThrottled } from '../aws/errors.ts'
import { createBatcher } from './batcher.ts'
import type { RateLimiter, RequestTiming } from './rate-limiter.ts'

/** Makes one call, which shares nothing with others, when the rate limiter allows it. */
export type SingleCalls = <Result>(
  timing: RequestTiming,
  call: () => Promise<Result>,
) => Promise<Result>

/** Rate-limited calls that are not batched. */
export function createSingleCalls(limiter: RateLimiter): SingleCalls {
  const calls = new Map<string, () => Promise<unknown>>()
  let lastKey = 0
  const batcher = createBatcher<Outcome>({
    limiter,
    batchSize: () => 1,
    async send([key = '']) {
      const outcome = await outcomeOf(calls.get(key))
      // Thrown, so that the rate limiter slows down.
      if (outcome.kind === 'failed' && isThrottled(outcome.error)) throw outcome.error
      return () => outcome
    },
  })
  return async (timing, call) => {
    lastKey += 1
    const key = String(lastKey)
    calls.set(key, call)
    try {
      const outcome = await batcher.request(key, timing)
      if (outcome.kind === 'failed') throw outcome.error
      return outcome.result as Awaited<ReturnType<typeof call>>
    } finally {
      calls.delete(key)
    }
  }
}

type Outcome =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }

async function outcomeOf(call: (() => Promise<unknown>) | undefined): Promise<Outcome> {
  try {
    return { kind: 'done', result: await call?.() }
  } catch (error) {
    return { kind: 'failed', error }
  }
}
