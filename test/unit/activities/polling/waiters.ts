import type { WatchEnd, WatchedRollout } from '../../../../activities/deploy/watched.ts'
import { watchRollout } from '../../../../activities/deploy/watch.ts'
import { defaultPace } from '../../../../activities/deploy/pace.ts'
import { createPoller, type Poller } from '../../../../activities/polling/poller.ts'
import type { ManualClock } from '../../../../simulator/clock/index.ts'
import { revision } from '../ecs-answers.ts'
import { digestB } from '../../environment-specs.ts'
import { arnOf, type Account, type Rollout } from './account.ts'

/** A wait for one rollout, and its result. */
export interface Waiter {
  readonly rollout: Rollout
  /** Absent while it is waiting. */
  ending?: WatchEnd
  error?: unknown
  /** Milliseconds since the epoch. */
  endedAt?: number
  readonly reports: { readonly at: number; readonly summary: string }[]
  cancel(): void
}

/** Waits for each rollout, all with one poller. */
export function waitForAll(
  clock: ManualClock,
  { clients }: Account,
  rollouts: readonly Rollout[],
): { readonly poller: Poller; readonly waiters: readonly Waiter[] } {
  const poller = createPoller(clients, { clock })
  const waiters = rollouts.map((rollout) => {
    const cancelling = new AbortController()
    const waiter: Waiter = {
      rollout,
      reports: [],
      cancel: () => cancelling.abort(new Error('cancelled')),
    }
    const watched: WatchedRollout = {
      cluster: rollout.cluster,
      name: rollout.service,
      service: rollout.service,
      expected: {
        taskDefinition: revision(2),
        deploymentId: 'ecs-svc/2',
        digests: { api: digestB },
        serviceDeploymentArn: arnOf(rollout),
      },
      deadline: clock.now() + 2 * 3_600_000,
      pace: defaultPace,
      signal: cancelling.signal,
      report: ({ summary, observedAt }) => waiter.reports.push({ at: observedAt, summary }),
    }
    watchRollout(poller, watched).then(
      (ending) => Object.assign(waiter, { ending, endedAt: clock.now() }),
      (error: unknown) => Object.assign(waiter, { error, endedAt: clock.now() }),
    )
    return waiter
  })
  return { poller, waiters }
}

/** How long each waiter took to notice the end, in milliseconds, shortest first. */
export function lags(waiters: readonly Waiter[]): readonly number[] {
  return waiters
    .map(({ endedAt = Infinity, rollout }) => endedAt - rollout.endsAt)
    .toSorted((one, other) => one - other)
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN
}
