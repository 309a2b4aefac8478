import type { Metrics } from '../../client/index.ts'
import { durationText } from '../../text/plain.ts'
import { table } from './table.ts'

/** The metrics as a table. Temporal lists releases only within its retention period. */
export function metricsText(environment: string, metrics: Metrics): string {
  const { days, deployments, deploymentsPerDay, changeFailureRate } = metrics
  const rate = changeFailureRate === undefined ? '—' : `${(changeFailureRate * 100).toFixed(0)} %`
  return [
    `${environment}, the last ${days} days (as far as Temporal's retention goes back)`,
    table([
      ['  deployment frequency', `${deploymentsPerDay.toFixed(2)} a day (${deployments} in all)`],
      ['  lead time', `${duration(metrics.leadTimeMs)} from commit to live, median`],
      ['  change failure rate', rate],
      ['  time to restore', `${duration(metrics.timeToRestoreMs)}, median`],
    ]),
  ].join('\n')
}

function duration(ms: number | undefined): string {
  return ms === undefined ? '—' : durationText(ms)
}
