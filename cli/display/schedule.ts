import { outcomeWords } from '../../text/outcome-words.ts'
import { isOutcome } from '../../contract/outcome.ts'
import { type Schedule, type ScheduledRun, workText } from '../../client/index.ts'
import { momentText, plain, shortened } from '../../text/plain.ts'
import { outcomeStyle, paint } from './colour.ts'
import { table } from './table.ts'

/** A schedule: what it does and when, its next runs, and how its last runs ended. */
export function scheduleText(schedule: Schedule): string {
  const { environment, name, requestedBy, note, nextRuns, lastRuns, skipped, missed } = schedule
  const lines = [
    paint('bold', `${environment} ${name}: ${plain(workText(schedule.what))}`),
    `When: ${plain(schedule.when)}`,
    `Created by: ${plain(requestedBy)}`,
    schedule.paused
      ? paint('yellow', `Paused${note === undefined ? '' : `: ${plain(note)}`}`)
      : `Next: ${nextRuns.map(isoText).join(', ') || 'never'}`,
  ]
  if (skipped > 0) lines.push(`Skipped because the previous run had not ended: ${skipped}`)
  if (missed > 0) lines.push(`Missed because Temporal was unavailable for too long: ${missed}`)
  if (lastRuns.length > 0) lines.push('', table(lastRuns.map(runRow)))
  return lines.join('\n')
}

/** All schedules of an environment as a table. */
export function schedulesText(schedules: readonly Schedule[]): string {
  const head = ['SCHEDULE', 'WHAT', 'WHEN', 'NEXT', 'LAST'].map((one) => paint('gray', one))
  return table([
    head,
    ...schedules.map(({ name, what, when, paused, nextRuns, lastRuns }) => [
      name,
      shortened(plain(workText(what)), 48),
      shortened(plain(when), 48),
      paused ? 'paused' : isoText(nextRuns[0]),
      lastRuns[0] === undefined ? '' : outcomeText(lastRuns[0]),
    ]),
  ])
}

function runRow(run: ScheduledRun): string[] {
  return [isoText(run.at), outcomeText(run), shortened(plain(run.message), 90)]
}

function outcomeText({ outcome }: ScheduledRun): string {
  return isOutcome(outcome) ? paint(outcomeStyle(outcome), outcomeWords[outcome]) : outcome
}

function isoText(time: string | undefined): string {
  return time === undefined ? 'never' : momentText(Date.parse(time))
}
