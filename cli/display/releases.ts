import type { Outcome } from '../../contract/outcome.ts'
import { outcomeWords } from '../../text/outcome-words.ts'
import type { Superseded, LedgerEntry } from '../../contract/environment.ts'
import { shortCommit } from '../../text/short.ts'
import { durationText, momentText, plain, shortened } from '../../text/plain.ts'
import { outcomeStyle, paint } from './colour.ts'
import { table } from './table.ts'

/**
 * The releases of the ledger as a table, newest first; and among them, if given, the requests that
 * newer ones superseded before they started.
 */
export function releasesText(
  releases: readonly LedgerEntry[],
  { superseded = [], most = Infinity }: { superseded?: readonly Superseded[]; most?: number } = {},
): string {
  const head = ['RELEASE', 'OUTCOME', 'ENDED', 'TOOK', 'BY', 'WHAT'].map((one) =>
    paint('gray', one),
  )
  const rows = [...releases.map(releaseRow), ...superseded.map(supersededRow)]
    .toSorted((one, other) => other.at - one.at)
    .slice(0, most)
  return table([head, ...rows.map(({ cells }) => cells)])
}

interface Row {
  readonly at: number
  readonly cells: string[]
}

function releaseRow(entry: LedgerEntry): Row {
  return {
    at: entry.endedAt,
    cells: [
      entry.id,
      outcomeText(entry.outcome),
      momentText(entry.endedAt),
      durationText(entry.endedAt - entry.startedAt),
      shortened(plain(entry.requestedBy), 32),
      shortened(releaseTitle(entry), 60),
    ],
  }
}

function supersededRow({ id, by, at }: Superseded): Row {
  const cells = [id, outcomeText('superseded'), momentText(at), '', '', `superseded by ${by}`]
  return { at, cells }
}

function outcomeText(outcome: Outcome): string {
  return paint(outcomeStyle(outcome), outcomeWords[outcome])
}

/** `deploy 3f2c1ab: Add organization id` */
export function releaseTitle({
  kind,
  commit,
  subject,
}: Pick<LedgerEntry, 'kind' | 'commit' | 'subject'>): string {
  const revision = commit === undefined ? '' : ` ${shortCommit(commit)}`
  const title = subject === undefined || subject === '' ? '' : `: ${plain(subject)}`
  return `${kind}${revision}${title}`
}
