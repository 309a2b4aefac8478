import type { Counts } from './open-account.ts'
import { openAccount, type Account } from './open-account.ts'
import type { Rollout } from './account.ts'
import { sum } from './numbers.ts'

/** What waiting for some rollouts at once took. */
export interface Measured {
  /** Milliseconds from the true end of each rollout to the waiter knowing it. */
  readonly lags: readonly number[]
  /** How long each rollout took, in milliseconds. */
  readonly durations: readonly number[]
  /** Milliseconds since the epoch. */
  readonly ends: readonly number[]
  /** By operation. */
  readonly calls: Counts
  readonly throttled: number
}

/** Waits until a rollout has ended. */
export type Wait = (rollout: Rollout) => Promise<void>

/**
 * Deploys to so many services at once and waits for all of them, in a fresh account with AWS's
 * throttle buckets, full ones.
 */
export async function measure(
  services: number,
  waiting: (account: Account) => Wait,
  range = { shortestMs: 20_000, spreadMs: 40_000 },
): Promise<Measured> {
  const account = await openAccount({ services, throttle: 'aws', ...range })
  try {
    const wait = waiting(account)
    const before = await account.calls()
    const startedAt = Date.now()
    const rollouts = await account.deploy()
    const knownAt = await Promise.all(
      rollouts.map(async (rollout) => {
        await wait(rollout)
        return Date.now()
      }),
    )
    const after = await account.calls()
    const allEnds = await account.ends()
    const ends = rollouts.map(({ serviceDeploymentArn }) => allEnds[serviceDeploymentArn] ?? 0)
    return {
      lags: ends.map((end, index) => (knownAt[index] ?? Number.NaN) - end),
      durations: ends.map((end) => end - startedAt),
      ends,
      calls: difference(after.made, before.made),
      throttled: sum(Object.values(after.throttled)),
    }
  } finally {
    await account.close()
  }
}

function difference(after: Counts, before: Counts): Counts {
  return Object.fromEntries(
    Object.entries(after).flatMap(([name, count]) => {
      const more = count - (before[name] ?? 0)
      return more === 0 ? [] : [[name.replace('ECS:', ''), more]]
    }),
  )
}
