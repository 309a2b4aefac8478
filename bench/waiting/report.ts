import { cpus } from 'node:os'
import { defaultShare } from '../../activities/polling/limits.ts'
import { callsOfCliFor, cliPeriodMs } from './best.ts'
import { unsteady } from './character.ts'
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

/** What was measured, as the README of this folder. */
export function report(rows: readonly Row[], memory: Memory | undefined): string {
  return `# Waiting for many rollouts at once

How late a waiting release learns that its rollout has ended, what that costs in calls, and what a worker takes for a thousand of them. Written by \`npm run bench:waiting\` (about 15 minutes), on ${cpus().length} cores that had other work, too.

The accounts are the simulator, in processes of their own, with AWS's throttle buckets on. Its timings are those that others have measured on AWS: a task is placed in 20 s, and ECS looks on for 10 s before it calls a deployment complete. Services run one or two tasks behind a target group each, and differ from each other: in how long images are pulled, how many health checks come how often (two or three, each 10 to 30 s), how long connections drain and containers take to stop; so that the lengths of good rollouts are spread evenly from about 100 to 250 s. From one deployment of a service to the next, placing, pulling, stopping and completing each take up to ${percent(unsteady)} more or less. Every service has been deployed ${history} times before, its creation included. All rollouts begin at the same moment; one in eight crashes, and ECS rolls it back. They are started past the throttle: AWS lets 5 a second begin, so that no more than 5 a second would end for long.

${durationsTable(rows)}

Those who wait run the activities' own code and the AWS SDK, in one process, without Temporal. Of 1 at once ${number(rows.find(({ size }) => size === 1)?.ours.lags.length ?? 0)} are measured, at the same time, each in an account and with a poller of its own.

## Lag

From the end of the rollout, as its service deployment record tells it, to the waiter knowing it: that the record says so, and that tasks and targets bear it out. One that was rolled back has ended when what ran before runs again.

${lagTable(rows)}

Each row of \`aws\` is \`aws ecs wait services-stable\`, a process for each service, on rollouts of the same services in accounts of their own. It looks each 15 s: one by itself may end just before a look, or 15 s before it. It takes a service for stable once no other deployment is left and as many tasks run as should, be it before ECS has completed the deployment (too early: those are not in its percentiles), or after it has rolled it back, which it does not tell from success. Beyond 10 at once its lag is computed from that, as if AWS let all its calls through.

## What the buckets allow

At best for one who looks at all unfinished rollouts evenly: if every call that AWS lets through, each with as many records and services in it as it takes, went to them; if each end were proven as soon as the buckets let a look at tasks and targets through; and if nothing else took any time. The poller spends ${percent(defaultShare)} of each bucket and leaves the rest to others. It may be better than the best of those who look evenly, since it knows from earlier deployments when an end is near, and looks little before.

${bestTable(rows)}

Load balancers allow the least: 10 looks at the health of targets a second, at one target group each. Where more rollouts than that end for long, which AWS would hardly let begin, their proofs queue, whoever makes them. In a run whose lengths were not spread evenly, most of 1,000 near 163 s, p95 was 24 s, and that was 1.00 times the best with ${percent(defaultShare)}, and 2.7 times that with all.

## Calls

${callsTable(rows)}

The last two columns: the calls that the CLI's waiter would need for a rollout if it had to be as quick as we are, in the 95th percentile (its length divided by lag / 0.95), and our part of that. Where many wait, a look at ten or twenty costs one call; one that waits alone has nobody to share with. At 1,000 AWS would not let the CLI make that many.

Not in these numbers is the first deployment of a service after its creation: of how it will end nothing is known, and looks only grow rarer with age. On the simulator's engine alone, with timings of that order, one of 130 s takes about 60 calls and is known to have ended half a second late at most: a quarter of what the CLI would need.

${callsByOperation(rows)}
${memory === undefined ? '' : memoryText(memory)}
## Targets

${targets(rows, memory).join('\n')}
`
}

function lagTable(rows: readonly Row[]): string {
  return table(
    ['rollouts', 'who waits', 'measured', 'too early', 'p50', 'p95', 'most'],
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
      nameOf(size, ours.lags),
      ...operations.map((name) => number(ours.calls[name] ?? 0)),
    ]),
  )
}

function memoryText({ releases, waiting, idle, highest }: Memory): string {
  return `
## Memory

A worker process on a Temporal dev server, with ${number(releases)} releases in it (redeploys of a service each), ${number(waiting)} of them waiting for their rollouts at once: ${mebibytes(highest)} resident at the highest, ${mebibytes(idle)} before the first one. It runs from the built package, as an installed one does.
`
}

/** What is measured of one alone is so many of them. */
function nameOf(size: number, measured: readonly unknown[]): string {
  return size === 1 ? `1, ${measured.length} times` : number(size)
}

/** A waiter that takes a rollout for ended before it is has no lag, and is not late. */
function measuredLags(size: number, who: string, lags: readonly number[]): string[] {
  const late = lags.filter((lag) => lag >= 0)
  return [
    number(size),
    who,
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
