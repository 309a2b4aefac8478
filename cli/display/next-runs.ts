import { type Schedule, workText } from '../../client/index.ts'
import { momentText, plain, shortened } from '../../text/plain.ts'
import type { ScheduleListing } from '../cached-schedules.ts'
import { paint } from './colour.ts'
import { table } from './table.ts'

const maxRows = 5

/** The next run of each schedule, the earliest first; paused schedules come last. */
export function nextRunLines(environment: string, listing: ScheduleListing, now: number): string[] {
  if (listing.kind === 'unavailable') {
    return [paint('yellow', `Scheduled: unknown. ${plain(listing.reason)}`)]
  }
  const { schedules } = listing
  if (schedules.length === 0) return []
  const rows = schedules
    .map((schedule) => ({ schedule, next: nextRun(schedule, now) }))
    .toSorted((one, other) => (one.next ?? Infinity) - (other.next ?? Infinity))
    .map(({ schedule, next }) => rowOf(schedule, next))
  const hidden = rows.length - maxRows
  return [
    'Scheduled:',
    table(rows.slice(0, maxRows)),
    ...(hidden > 0 ? [`  and ${hidden} more: slipway schedule list ${environment}`] : []),
  ]
}

/** In milliseconds since the epoch. The listing may be a minute old, so its first runs may be past. */
function nextRun({ paused, nextRuns }: Schedule, now: number): number | undefined {
  if (paused) return undefined
  return nextRuns.map((time) => Date.parse(time)).find((time) => time > now)
}

function rowOf({ name, what, when, paused, note }: Schedule, next: number | undefined): string[] {
  const details = [shortened(plain(workText(what)), 48), shortened(plain(when), 48)]
  if (next !== undefined) return [`  ${name}`, momentText(next), ...details]
  const why = note === undefined ? '' : `paused: ${shortened(plain(note), 60)}`
  return [
    `  ${name}`,
    paused ? paint('yellow', 'paused') : 'no more runs',
    ...details,
    paused ? why : '',
  ]
}
