import { type Schedule, workText } from '../../client/index.ts'
import { momentText, plain, shortened } from '../../text/plain.ts'
import type { Upcoming } from '../cached-schedules.ts'
import { paint } from './colour.ts'
import { table } from './table.ts'

const mostRows = 5

/** What is done next by schedule, the next run first; paused schedules stand last and say so. */
export function upcomingLines(environment: string, upcoming: Upcoming, now: number): string[] {
  if (upcoming.kind === 'unknown') {
    return [paint('yellow', `Scheduled: not known. ${plain(upcoming.reason)}`)]
  }
  const { schedules } = upcoming
  if (schedules.length === 0) return []
  const rows = schedules
    .map((schedule) => ({ schedule, next: nextRun(schedule, now) }))
    .toSorted((one, other) => (one.next ?? Infinity) - (other.next ?? Infinity))
    .map(({ schedule, next }) => rowOf(schedule, next))
  const rest = rows.length - mostRows
  return [
    'Scheduled:',
    table(rows.slice(0, mostRows)),
    ...(rest > 0 ? [`  and ${rest} more: slipway schedule list ${environment}`] : []),
  ]
}

/** In milliseconds since the epoch. What was next when it was asked for may be over by now. */
function nextRun({ paused, nextRuns }: Schedule, now: number): number | undefined {
  if (paused) return undefined
  return nextRuns.map((moment) => Date.parse(moment)).find((moment) => moment > now)
}

function rowOf({ name, what, when, paused, note }: Schedule, next: number | undefined): string[] {
  const about = [shortened(plain(workText(what)), 48), shortened(plain(when), 48)]
  if (next !== undefined) return [`  ${name}`, momentText(next), ...about]
  const why = note === undefined ? '' : `paused: ${shortened(plain(note), 60)}`
  return [
    `  ${name}`,
    paused ? paint('yellow', 'paused') : 'never again',
    ...about,
    paused ? why : '',
  ]
}
