import { limits } from '../../activities/polling/limits.ts'
import { percentile } from './numbers.ts'

/**
 * The lag in milliseconds that nobody could better who looks at all unfinished rollouts evenly
 * with every call that the buckets allow, 20 records or 10 services in each; who then lists the
 * running tasks of the whole cluster as fast as their bucket allows; and for whom neither network
 * nor processor takes any time.
 *
 * @param ends when each rollout ended, ms since the epoch
 * @param tasks how many tasks the cluster lists
 */
export function bestLag(
  ends: readonly number[],
  { tasks, share }: { readonly tasks: number; readonly share: number },
): { readonly looking: number; readonly proving: number; readonly p95: number } {
  const looksASecond = 20 * limits.deployments.perSecond + 10 * limits.services.perSecond
  const lags = ends.flatMap((end) => {
    const open = ends.filter((other) => other >= end).length
    const betweenLooksMs = (open / (looksASecond * share)) * 1_000
    return Array.from({ length: 20 }, (_, index) => ((index + 0.5) / 20) * betweenLooksMs)
  })
  const looking = percentile(lags, 0.95)
  const pages = Math.ceil(tasks / 100)
  const proving = (pages / (limits.tasks.perSecond * share)) * 1_000
  return { looking, proving, p95: looking + proving }
}

/**
 * Calls that `aws ecs wait services-stable` would take for a rollout of that length if it looked
 * as often as it must for this lag, in the 95th percentile: it looks each `lag / 0.95`.
 */
export function callsOfCliFor(durationMs: number, lagMs: number): number {
  return durationMs / (lagMs / 0.95)
}

/** What the command does look like: each 15 s, so that all lags up to that are as likely. */
export const cliPeriodMs = 15_000
