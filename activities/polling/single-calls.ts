import { isThrottled } from '../aws/errors.ts'
import type { RateLimiter, When } from './rate-limiter.ts'
import { createBatcher } from './batcher.ts'

/** Makes a call of one's own when its turn has come. */
export type SingleCalls = <Result>(when: When, call: () => Promise<Result>) => Promise<Result>

/** Turns at a gate for calls that are not shared. */
export function createSingleCalls(gate: RateLimiter): SingleCalls {
  const calls = new Map<string, () => Promise<unknown>>()
  let made = 0
  const lane = createBatcher<Outcome>({
    gate,
    batch: () => 1,
    async send([key = '']) {
      const outcome = await outcomeOf(calls.get(key))
      // Thrown, so that the gate hears of it.
      if (outcome.kind === 'failed' && isThrottled(outcome.error)) throw outcome.error
      return () => outcome
    },
  })
  return async (when, call) => {
    made += 1
    const key = String(made)
    calls.set(key, call)
    try {
      const outcome = await lane.ask(key, when)
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
