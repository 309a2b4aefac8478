import type { EnvironmentStatus, LedgerEntry } from '../../workflows/types.ts'
import { shortCommit, shortDigest, shortRevision } from '../../workflows/words.ts'
import { durationText, momentText, plain, shortened } from '../text.ts'
import { outcomeStyle, paint } from './colour.ts'
import { table } from './table.ts'
import { outcomeWords } from './words.ts'

/** What is live, what runs and what ran last, for people. */
export function environmentText(status: EnvironmentStatus, now: number): string {
  const parts = [paint('bold', `${plain(status.project)} ${status.environment}`)]
  const { live, running } = status
  if (live === undefined) parts.push('Live: nothing yet; no release has succeeded here.')
  else {
    parts.push(
      `Live: ${what(live)}, since ${momentText(live.endedAt)} (${live.id}, by ${plain(live.requestedBy)})`,
      table(
        live.services.map(({ name, ecsService, revision }) => [
          `  ${name}`,
          ecsService,
          shortRevision(revision.taskDefinition),
          Object.values(revision.digests).map(shortDigest).join(' '),
        ]),
      ),
    )
  }
  parts.push(
    running === undefined
      ? 'Running: nothing.'
      : `Running: ${running.id} (${running.kind}, by ${plain(running.requestedBy)}), for ${durationText(now - running.startedAt)}. Follow it: slipway wait ${status.environment}`,
  )
  if (status.releases.length > 0) parts.push('', releasesText(status.releases.slice(0, 10)))
  return parts.filter((part, index) => part !== '' || index > 0).join('\n')
}

/** The ledger as a table, newest first. */
export function releasesText(releases: readonly LedgerEntry[]): string {
  const head = ['RELEASE', 'OUTCOME', 'ENDED', 'TOOK', 'BY', 'WHAT'].map((one) =>
    paint('gray', one),
  )
  return table([
    head,
    ...releases.map((entry) => [
      entry.id,
      paint(outcomeStyle(entry.outcome), outcomeWords[entry.outcome]),
      momentText(entry.endedAt),
      durationText(entry.endedAt - entry.startedAt),
      shortened(plain(entry.requestedBy), 32),
      shortened(what(entry), 60),
    ]),
  ])
}

function what({ kind, commit, subject }: LedgerEntry): string {
  const of = commit === undefined ? '' : ` ${shortCommit(commit)}`
  const about = subject === undefined || subject === '' ? '' : `: ${plain(subject)}`
  return `${kind}${of}${about}`
}
