import { defaultShare } from '../../activities/polling/limits.ts'
import { bestLag, callsOfCliFor } from './best.ts'
import type { Memory } from './memory.ts'
import { inSeconds, mean, percentile, sum } from './numbers.ts'
import type { Measured } from './run.ts'

interface Sized {
  readonly size: number
  readonly ours: Measured
}

/** Each service runs at least one task. */
export function bestFor({ size, ours }: Sized, share: number): number {
  return bestLag(ours.ends, { tasks: size, share })
}

/** One line for each target: what it is, and whether it was met. */
export function targets(rows: readonly Sized[], memory: Memory | undefined): readonly string[] {
  return [
    ...rows.flatMap((row) => [lagTarget(row), callsTarget(row)]),
    ...(memory === undefined ? [] : [line('less than 1 GiB for a worker', memory.peak < 2 ** 30)]),
  ]
}

function lagTarget(row: Sized): string {
  const p95 = percentile(row.ours.lags, 0.95)
  const name = `${row.size.toLocaleString('en')} at once: lag, p95`
  if (row.size <= 100) {
    const most = row.size <= 10 ? 1_500 : 3_000
    return line(`${name}, at most ${inSeconds(most)}`, p95 <= most)
  }
  const [all, share] = [1, defaultShare].map((part) => p95 <= 1.3 * bestFor(row, part))
  const aim = `${name}, within 1.3 times the best`
  return `${line(`${aim} with ${100 * defaultShare} % of the buckets`, share === true)}\n${line(`${aim} with all of them`, all === true)}`
}

function callsTarget({ size, ours }: Sized): string {
  const each = sum(Object.values(ours.calls)) / ours.lags.length
  const cli = callsOfCliFor(mean(ours.durations), percentile(ours.lags, 0.95))
  const name = `${size.toLocaleString('en')} at once: a tenth of the CLI's calls for the same lag`
  return line(name, each <= cli / 10)
}

function line(target: string, met: boolean): string {
  return `- ${target}: ${met ? 'met' : 'missed'}.`
}
