import { cpus } from 'node:os'
import { defaultShare } from '../../activities/polling/limits.ts'
import { callsOfCliFor, cliPeriodMs } from './best.ts'
import { jitter } from './character.ts'
import { history } from './cluster.ts'
import type { Memory } from './memory.ts'
import { inSeconds, mean, percentile, sum } from './numbers.ts'
import type { Measured } from './run.ts'
import { bestFor, targets } from './targets.ts'

export interface Row {
  /** Rollouts at once in one account. */
  readonly size: number
  readonly ours: Measured
  /** The AWS CLI on rollouts of the same length, where it was run. */
  readonly cli?: Measured
}

/** The measurements, as the README of this folder. */
export function report(rows: readonly Row[], memory: Memory | undefined): string {
  return `# Waiting for many rollouts at once

How late a waiting release learns that its rollout has ended, how many calls that costs, and how much memory a worker needs for a thousand of them. Written by \`npm run bench:waiting\` (about 15 minutes), on ${cpus().length} cores that were also doing other work.

The accounts are simulators in separate processes, with AWS's throttle buckets on. Their timings are those that others have measured on AWS: ECS places a task in 20 s, and waits 10 s before it calls a deployment complete. Each service runs one or two tasks behind its own target group. Services differ in how long an image pull takes, in the number and interval of health checks (two or three, every 10 to 30 s), and in how long connections drain and containers take to stop, so that the lengths of good rollouts are spread evenly from about 100 to 250 s. From one deployment of a service to the next, placing, pulling, stopping and completing each take up to ${percent(jitter)} more or less. Every service has been deployed ${history} times before, its creation included. All rollouts begin at the same moment; one in eight crashes, and ECS rolls it back. They start without being throttled: AWS lets 5 a second begin, so over time no more than 5 a second would end.

${durationsTable(rows)}

The waiters run the activities' own code with the AWS SDK, in one process, without Temporal. For 1 at once, ${number(rows.find(({ size }) => size === 1)?.ours.lags.length ?? 0)} are measured at the same time, each in its own account and with its own poller.

## Lag

The time from the end of the rollout, as its service deployment record gives it, until the waiter knows of it: the record shows the end, and tasks and targets confirm it. A rollout that was rolled back has ended when the earlier revision runs again.

${lagTable(rows)}

Each row of \`aws\` is \`aws ecs wait services-stable\`, one process for each service, on rollouts of the same services in separate accounts. It polls every 15 s: a single rollout may end just before a poll, or 15 s before it. It considers a service stable once no other deployment is left and the desired number of tasks runs, even if ECS has not yet completed the deployment (too early: those are not in its percentiles), or has rolled it back, which it cannot distinguish from success. Beyond 10 at once its lag is computed from the 15 s, as if AWS let all its calls through.

## What the buckets allow

The best p95 possible for a waiter that polls all unfinished rollouts evenly: every call that AWS allows goes to them, each with as many records or services as fit; each end is confirmed as soon as the buckets allow a poll of tasks and targets; and nothing else takes any time. The poller spends ${percent(defaultShare)} of each bucket and leaves the rest to others. It may do better than this best, since it knows from earlier deployments when an end is near, and polls little before.

${bestTable(rows)}

Load balancers allow the least: 10 polls of target health a second, of one target group each. If more rollouts than that end each second for long, which AWS would hardly let begin, confirming them has to queue for any waiter. In a run whose lengths were not spread evenly, with most of 1,000 near 163 s, p95 was 24 s: 1.00 times the best with ${percent(defaultShare)}, and 2.7 times the best with all.

## Calls

${callsTable(rows)}

The last two columns: the calls that the CLI's waiter would need for one rollout to match Slipway's lag in the 95th percentile (the rollout's length divided by lag / 0.95), and Slipway's share of that. Where many wait, a poll of ten or twenty costs one call; a release that waits alone shares its calls with none. At 1,000 AWS would not let the CLI make that many.

These numbers leave out the first deployment of a service after its creation: nothing is known about how it will end, and polls only grow rarer with age. On the simulator's engine alone, with timings of that order, a rollout of 130 s takes about 60 calls, a quarter of what the CLI would need, and its end is known half a second late at most.

${callsByOperation(rows)}
${memory === undefined ? '' : memoryText(memory)}
## Targets

${targets(rows, memory).join('\n')}
`
}

function lagTable(rows: readonly Row[]): string {
  return table(
    ['rollouts', 'waiter', 'measured', 'too early', 'p50', 'p95', 'most'],
    rows.flatMap(({ size, ours, cli }) => [
      measuredLags(size, 'Slipway', ours.lags),
      cli === undefined
        ? [
            number(size),
            'aws, computed',
            '',
            '',
            ...[0.5, 0.95, 1].map((at) => inSeconds(at * cliPeriodMs)),
          ]
        : measuredLags(size, 'aws', cli.lags),
    ]),
  )
}

function durationsTable(rows: readonly Row[]): string {
  return table(
    ['rollouts', 'took, shortest', 'median', 'longest', 'rolled back'],
    rows.map(({ size, ours: { durations, failed } }) => [
      nameOf(size, durations),
      ...[0, 0.5, 1].map((share) => `${Math.round(percentile(durations, share) / 1_000)} s`),
      number(failed),
    ]),
  )
}

function bestTable(rows: readonly Row[]): string {
  return table(
    [
      'rollouts',
      'p95',
      'best with all',
      'times that',
      `best with ${percent(defaultShare)}`,
      'times that',
    ],
    rows
      .filter(({ size }) => size > 10)
      .map(({ size, ours }) => {
        const p95 = percentile(ours.lags, 0.95)
        const bests = [1, defaultShare].flatMap((share) => {
          const best = bestFor({ size, ours }, share)
          return [inSeconds(best), (p95 / best).toFixed(2)]
        })
        return [number(size), inSeconds(p95), ...bests]
      }),
  )
}

function callsTable(rows: readonly Row[]): string {
  return table(
    ['rollouts', 'calls for each', 'throttled', 'the CLI for the same lag', "Slipway's share"],
    rows.map(({ size, ours }) => {
      const each = sum(Object.values(ours.calls)) / ours.lags.length
      const cli = callsOfCliFor(mean(ours.durations), percentile(ours.lags, 0.95))
      return [
        number(size),
        each.toFixed(1),
        String(ours.throttled),
        cli.toFixed(1),
        `${Math.round((100 * each) / cli)} %`,
      ]
    }),
  )
}

function callsByOperation(rows: readonly Row[]): string {
  const operations = [...new Set(rows.flatMap(({ ours }) => Object.keys(ours.calls)))].toSorted()
  return table(
    ['rollouts', ...operations.map((name) => `\`${name}\``)],
    rows.map(({ size, ours }) => [
      nameOf(size, ours.lags),
      ...operations.map((name) => number(ours.calls[name] ?? 0)),
    ]),
  )
}

function memoryText({ releases, waiting, idle, peak }: Memory): string {
  return `
## Memory

A worker process on a Temporal dev server, with ${number(releases)} releases in it (each redeploys one service), ${number(waiting)} of them waiting for their rollouts at once: ${mebibytes(peak)} resident at its peak, ${mebibytes(idle)} before the first release. It runs from the built package, as an installed worker does.
`
}

/** A size of 1 is measured several times. */
function nameOf(size: number, measured: readonly unknown[]): string {
  return size === 1 ? `1, ${measured.length} times` : number(size)
}

/** A waiter that reports the end of a rollout too early has no lag. */
function measuredLags(size: number, waiter: string, lags: readonly number[]): string[] {
  const late = lags.filter((lag) => lag >= 0)
  return [
    number(size),
    waiter,
    number(lags.length),
    number(lags.length - late.length),
    ...[0.5, 0.95, 1].map((share) => (late.length > 0 ? inSeconds(percentile(late, share)) : '')),
  ]
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const number = (value: number) => value.toLocaleString('en')
const percent = (share: number) => `${Math.round(100 * share)} %`
const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`
