import { cpus } from 'node:os'
import { defaultShare } from '../../activities/polling/limits.ts'
import { callsOfCliFor, cliPeriodMs } from './best.ts'
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

/** What was measured, as the README of this folder. */
export function report(rows: readonly Row[], memory: Memory | undefined): string {
  return `# Waiting for many rollouts at once

How late a waiting release learns that its rollout has ended, what that costs in calls, and what a worker takes for a thousand of them. Written by \`npm run bench:waiting\` (about 10 minutes), on ${cpus().length} cores that had other work, too.

The account is the simulator, a process of its own, with AWS's throttle buckets on; services of one task each in one cluster, without load balancers; all rollouts begin at the same moment and end from 20 to 60 s later, in no order. They are started past the throttle: AWS lets 5 a second begin. Those who wait run the activities' own code and the AWS SDK, in one process, without Temporal.

## Lag

From the end of the rollout, as its service deployment record tells it, to the waiter knowing it: that the record says so, and that tasks bear it out.

${lagTable(rows)}

Each row of \`aws\` is \`aws ecs wait services-stable\`, a process for each service. It looks each 15 s: one by itself may end just before a look, or 15 s before it. Beyond 10 at once its lag is computed from that, as if AWS let all its calls through.

## What the buckets allow

At best, if every call that AWS lets through, each with as many records and services in it as it takes, went to the unfinished rollouts, evenly; if then the running tasks of the cluster were listed as fast as their bucket allows; and if nothing else took any time. The poller spends ${100 * defaultShare} % of each bucket and leaves the rest to others.

${bestTable(rows)}

## Calls

${callsTable(rows)}

The last two columns: the calls that the CLI's waiter would need for a rollout if it had to be as quick as we are, in the 95th percentile, and our part of that. Where many wait, a look at ten or twenty costs one call; one that waits alone has nobody to share with. At 1,000 AWS would not let the CLI make that many.

${callsByOperation(rows)}
${memory === undefined ? '' : memoryText(memory)}
## Targets

${targets(rows, memory).join('\n')}
`
}

function lagTable(rows: readonly Row[]): string {
  return table(
    ['rollouts', 'who waits', 'measured', 'p50', 'p95', 'most'],
    rows.flatMap(({ size, ours, cli }) => [
      [number(size), 'Slipway', number(ours.lags.length), ...lags(ours.lags)],
      cli === undefined
        ? [
            number(size),
            'aws, computed',
            '',
            ...[0.5, 0.95, 1].map((at) => inSeconds(at * cliPeriodMs)),
          ]
        : [number(size), 'aws', number(cli.lags.length), ...lags(cli.lags)],
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
      `best with ${100 * defaultShare} %`,
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
    ['rollouts', 'calls for each', 'throttled', 'the CLI for the same lag', 'our part'],
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
      size === 1 ? `1, ${ours.lags.length} times` : number(size),
      ...operations.map((name) => number(ours.calls[name] ?? 0)),
    ]),
  )
}

function memoryText({ releases, waiting, idle, highest }: Memory): string {
  return `
## Memory

A worker process on a Temporal dev server, with ${number(releases)} releases in it (redeploys of a service each), ${number(waiting)} of them waiting for their rollouts at once: ${mebibytes(highest)} resident at the highest, ${mebibytes(idle)} before the first one. It runs from source, so it has bundled the workflows itself; the installed package brings them bundled.
`
}

function lags(all: readonly number[]): string[] {
  return [0.5, 0.95, 1].map((share) => inSeconds(percentile(all, share)))
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const number = (value: number) => value.toLocaleString('en')
const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`
