import { limits } from '../../activities/polling/limits.ts'
import type { Limit } from '../../activities/polling/bucket.ts'
import { percentile } from './numbers.ts'

/**
 * The lag in milliseconds, in the 95th percentile, that nobody could better who looks at all
 * unfinished rollouts evenly: with every call that the buckets allow, 20 records or 10 services in
 * each. Each end is then proven as soon as the buckets let one through, by a list of the tasks of
 * the service or of all that the cluster runs, whichever takes less, and by a look at one target
 * group. Neither network nor processor takes any time.
 *
 * Who knows when an end is near does not look evenly, and may well be better.
 *
 * @param ends when each rollout ended, ms since the epoch
 * @param tasks how many tasks the cluster lists at the least
 */
export function bestLag(
  ends: readonly number[],
  { tasks, share }: { readonly tasks: number; readonly share: number },
): number {
  const looksASecond = 20 * limits.deployments.perSecond + 10 * limits.services.perSecond
  const wholeClusterMs = (Math.ceil(tasks / 100) / (limits.tasks.perSecond * share)) * 1_000
  const sorted = ends.toSorted((one, other) => one - other)
  const forTasks = queueing(sorted, limits.tasks, share)
  const forTargets = queueing(sorted, limits.targets, share)
  const lags = sorted.flatMap((_, index) => {
    const open = sorted.length - index
    const betweenLooksMs = (open / (looksASecond * share)) * 1_000
    const proofMs = Math.max(Math.min(wholeClusterMs, forTasks[index] ?? 0), forTargets[index] ?? 0)
    const looks = Array.from({ length: 20 }, (__, look) => ((look + 0.5) / 20) * betweenLooksMs)
    return looks.map((lookMs) => lookMs + proofMs)
  })
  return percentile(lags, 0.95)
}

/** How long each of these must wait for a bucket that is full at first, one call for each, in ms. */
function queueing(times: readonly number[], { burst, perSecond }: Limit, share: number): number[] {
  let tokens = burst * share
  let at = times[0] ?? 0
  return times.map((time) => {
    const from = Math.max(time, at)
    tokens = Math.min(burst * share, tokens + ((from - at) / 1_000) * perSecond * share)
    const waitMs = tokens >= 1 ? 0 : ((1 - tokens) / (perSecond * share)) * 1_000
    tokens = Math.max(0, tokens - 1)
    at = from + waitMs
    return at - time
  })
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
