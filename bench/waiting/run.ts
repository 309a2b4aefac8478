import { type Accounts, type Counts, openAccounts } from './open-account.ts'
import type { Rollout } from './account.ts'
import { sum } from './numbers.ts'

/** The cost of waiting for several rollouts at once. */
export interface Measured {
  /**
   * Milliseconds from the true end of each rollout until the waiter knows of it; negative if the
   * waiter reported the end too early.
   */
  readonly lags: readonly number[]
  /** How long each rollout took, in milliseconds. */
  readonly durations: readonly number[]
  /** Milliseconds since the epoch. */
  readonly ends: readonly number[]
  /** How many of them ECS rolled back. */
  readonly failed: number
  /** By operation. */
  readonly calls: Counts
  readonly throttled: number
}

/** Waits until a rollout has ended. */
export type Wait = (rollout: Rollout) => Promise<void>

/**
 * Deploys to all services at once and waits for them, in fresh accounts whose throttle buckets are
 * AWS's and start full.
 */
export async function measure(
  { accounts, services }: { readonly accounts: number; readonly services: number },
  waiter: (accounts: Accounts) => Promise<Wait>,
): Promise<Measured> {
  const opened = await openAccounts({ accounts, services, throttle: 'aws', rollouts: 'usual' })
  try {
    const wait = await waiter(opened)
    const before = await opened.calls()
    const startedAt = Date.now()
    const rollouts = await opened.deploy()
    const knownAt = await Promise.all(
      rollouts.map(async (rollout) => {
        await wait(rollout)
        return Date.now()
      }),
    )
    const after = await opened.calls()
    const ends = await trueEnds(opened, rollouts)
    return {
      lags: ends.map((end, index) => (knownAt[index] ?? Number.NaN) - end),
      durations: ends.map((end) => end - startedAt),
      ends,
      failed: rollouts.filter(({ end }) => end === 'rolled_back').length,
      calls: difference(after.made, before.made),
      throttled: sum(Object.values(after.throttled)),
    }
  } finally {
    await opened.close()
  }
}

/** Waits until all rollouts have really ended: a waiter may return before. */
async function trueEnds(accounts: Accounts, rollouts: readonly Rollout[]): Promise<number[]> {
  for (;;) {
    const all = await accounts.ends()
    const ends = rollouts.map(({ serviceDeploymentArn }) => all[serviceDeploymentArn] ?? 0)
    if (ends.every((end) => end > 0)) return ends
    await new Promise((resolve) => {
      setTimeout(resolve, 1_000)
    })
  }
}

function difference(after: Counts, before: Counts): Counts {
  return Object.fromEntries(
    Object.entries(after).flatMap(([name, count]) => {
      const more = count - (before[name] ?? 0)
      return more === 0 ? [] : [[name.replace(/^.*:/, ''), more]]
    }),
  )
}
