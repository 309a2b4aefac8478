import { limits } from '../../activities/polling/limits.ts'
import type { Limit } from '../../activities/polling/bucket.ts'
import { percentile } from './numbers.ts'

/**
 * The lowest lag in milliseconds, in the 95th percentile, for a waiter that polls all unfinished
 * rollouts evenly: with every call that the buckets allow, 20 records or 10 services in each. Each
 * end is then confirmed as soon as the buckets allow it, by listing the tasks of the service or of
 * the whole cluster, whichever takes less, and by polling one target group. Neither network nor
 * processor takes any time.
 *
 * A waiter that knows when an end is near polls unevenly, and may well do better.
 *
 * @param ends when each rollout ended, ms since the epoch
 * @param tasks the least number of tasks in the cluster
 */
export function bestLag(
  ends: readonly number[],
  { tasks, share }: { readonly tasks: number; readonly share: number },
): number {
  const polledPerSecond = 20 * limits.deployments.perSecond + 10 * limits.services.perSecond
  const wholeClusterMs = (Math.ceil(tasks / 100) / (limits.tasks.perSecond * share)) * 1_000
  const sorted = ends.toSorted((one, other) => one - other)
  const forTasks = queueing(sorted, limits.tasks, share)
  const forTargets = queueing(sorted, limits.targets, share)
  const lags = sorted.flatMap((_, index) => {
    const open = sorted.length - index
    const betweenPollsMs = (open / (polledPerSecond * share)) * 1_000
    const confirmMs = Math.max(
      Math.min(wholeClusterMs, forTasks[index] ?? 0),
      forTargets[index] ?? 0,
    )
    const waits = Array.from({ length: 20 }, (__, step) => ((step + 0.5) / 20) * betweenPollsMs)
    return waits.map((waitMs) => waitMs + confirmMs)
  })
  return percentile(lags, 0.95)
}

/** How long each call, made at one of `times`, waits for a bucket that starts full, in ms. */
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
 * Calls that `aws ecs wait services-stable` would take for a rollout of that length if it polled
 * as often as this lag in the 95th percentile requires: every `lag / 0.95`.
 */
export function callsOfCliFor(durationMs: number, lagMs: number): number {
  return durationMs / (lagMs / 0.95)
}

/** How often the command really polls: every 15 s, so all lags up to that are equally likely. */
export const cliPeriodMs = 15_000
