import { outcomeWords } from './outcome-words.ts'
import type { Control } from '../contract/controls.ts'
import type { ReleasedService, ReleaseStatus, Step, Link } from '../contract/releases.ts'
import type {
  EnvironmentStatus,
  LedgerEntry,
  RunningRelease,
  UndeliveredNotification,
  UnsentNotification,
  WaitingRelease,
} from '../contract/environment.ts'
import { failureDetails } from './failure-details.ts'
import { liveSince } from './live-since.ts'
import { cell } from './markdown.ts'
import { waitText } from './wait-reason.ts'
import { shortCommit, shortDigest, shortRevision } from './short.ts'

/**
 * Markdown for the current details in the Temporal UI, which hold 20 KB. What people look for
 * first comes first.
 */

/** A release: how it ended or where it is, then a table of its steps. */
export function releaseDetails(status: ReleaseStatus): string {
  const { result } = status
  const head =
    result === undefined
      ? `**${cell(status.summary)}**`
      : `**${outcomeWords[result.outcome]}**: ${cell(result.message)}`
  const cause = result?.cause === undefined ? [] : ['', `Cause: ${cell(result.cause)}`]
  const services = (result?.services ?? []).map(({ name, revision, rollbackTarget }) =>
    row(
      name,
      shortRevision(revision.taskDefinition),
      digestsOf(revision.digests),
      shortRevision(rollbackTarget.taskDefinition),
    ),
  )
  const { paused } = status
  return [
    head,
    ...(paused === undefined ? [] : ['', `**Paused** by ${by(paused)}`]),
    ...cause,
    ...failureDetails(result),
    ...table(['step', 'state', 'started (UTC)', 'took', 'note'], status.steps.map(stepRow)),
    ...table(serviceHead(result), services),
    ...status.warnings.map((warning) => `\nNote: ${cell(warning)}`),
    '',
    `Requested by ${cell(status.requestedBy)}`,
    ...linkLine(status.links ?? []),
  ].join('\n')
}

function linkLine(links: readonly Link[]): readonly string[] {
  return links.length === 0 ? [] : ['', `See ${links.map(link).join(', ')}`]
}

function link({ text, url }: Link): string {
  return `[${cell(text)}](${url})`
}

/** A revision that was rolled back was not released, and some may not even have been started. */
function serviceHead(result: ReleaseStatus['result']): readonly string[] {
  switch (result?.outcome) {
    case 'rolled_back':
    case 'cancelled':
      return ['service', 'requested', 'digest', 'runs']
    case 'rollback_failed':
    case 'superseded':
    case 'rejected':
      return ['service', 'requested', 'digest', 'ran before']
    case 'succeeded':
    case 'unchanged':
    case undefined:
      return ['service', 'released', 'digest', 'ran before']
  }
}

/**
 * An environment: what is live, what runs, and the last releases.
 *
 * @param pageOf gives the URL of a release's page, if it is known
 */
export function environmentDetails(
  status: EnvironmentStatus,
  pageOf: (id: string) => string | undefined = () => undefined,
): string {
  const linked = (id: string) => {
    const url = pageOf(id)
    return url === undefined ? id : link({ text: id, url })
  }
  const { live, running } = status
  return [
    live === undefined
      ? '**Live:** nothing released yet'
      : `**Live:** ${title(live)}, since ${when(liveSince(live))}, by ${cell(live.requestedBy)}`,
    ...table(
      ['service', 'revision', 'digest', 'since', 'release'],
      (live?.services ?? []).map((service) => serviceRow(service, linked)),
    ),
    '',
    running === undefined
      ? '**Running:** nothing'
      : `**Running:** ${linked(running.id)}: ${title(running)}, since ${when(running.startedAt)}, by ${cell(running.requestedBy)}${pausedText(running)}`,
    ...freezeLines(status),
    ...table(
      ['waiting', 'what', 'since', 'by', 'why'],
      status.waiting.slice(0, 20).map((one) => waitingRow(one, status.environment)),
    ),
    ...table(
      ['manual action', 'by', 'at', 'release', 'reason'],
      status.controls.slice(0, 10).map(controlRow),
    ),
    ...table(
      ['release', 'what', 'outcome', 'ended', 'by'],
      status.releases.slice(0, 10).map((entry) => entryRow(entry, linked(entry.id))),
    ),
    ...table(
      ['notification failed', 'event', 'at', 'release', 'reason'],
      (status.undelivered ?? []).slice(0, 5).map(undeliveredRow),
    ),
    ...table(
      ['notification pending', 'event', 'since', 'release'],
      (status.unsent ?? []).slice(0, 5).map(unsentRow),
    ),
    '',
    'All times are UTC.',
  ].join('\n')
}

function table(head: readonly string[], rows: readonly string[]): readonly string[] {
  return rows.length === 0 ? [] : ['', row(...head), `|${'---|'.repeat(head.length)}`, ...rows]
}

/** `deploy 3f2c1ab: Add organization id` */
function title({ kind, commit, subject = '' }: Pick<LedgerEntry, 'kind' | 'commit' | 'subject'>) {
  const of = commit === undefined ? kind : `${kind} ${shortCommit(commit)}`
  return subject === '' ? of : `${of}: ${cell(subject)}`
}

function serviceRow(
  { name, revision, since }: ReleasedService,
  linked: (id: string) => string,
): string {
  return row(
    name,
    shortRevision(revision.taskDefinition),
    digestsOf(revision.digests),
    since === undefined ? '' : when(since.at),
    since === undefined ? '' : linked(since.release),
  )
}

function pausedText({ paused }: RunningRelease): string {
  return paused === undefined ? '' : `. **Paused** by ${by(paused)}`
}

function freezeLines({ freeze }: EnvironmentStatus): readonly string[] {
  if (freeze === undefined) return []
  const end = freeze.until === undefined ? '' : ` until ${when(freeze.until)}`
  return ['', `**Frozen**${end} by ${by(freeze)}`]
}

function waitingRow(waiting: WaitingRelease, environment: string): string {
  const { id, since, requestedBy, waitsFor, ...about } = waiting
  return row(
    id,
    title(about),
    when(since),
    cell(requestedBy),
    cell(waitText(waitsFor, environment)),
  )
}

function controlRow({ kind, by: who, at, release, reason, rejected }: Control): string {
  const why = rejected === undefined ? (reason ?? '') : `rejected: ${rejected}`
  return row(kind, cell(who), when(at), release ?? '', cell(why))
}

function undeliveredRow({ to, event, at, release, reason }: UndeliveredNotification): string {
  return row(cell(to), cell(event), when(at), release, cell(reason))
}

function unsentRow({ to, event, since, release }: UnsentNotification): string {
  return row(cell(to), cell(event), when(since), release)
}

function by({ by: who, reason }: { readonly by: string; readonly reason?: string }): string {
  return reason === undefined ? cell(who) : `${cell(who)}: ${cell(reason)}`
}

function when(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}

function stepRow(step: Step): string {
  const name = step.subject === undefined ? step.name : `${step.name} ${step.subject}`
  const took = step.endedAt === undefined ? '' : seconds(step.endedAt - step.startedAt)
  const state = step.state === 'failed' ? '**failed**' : step.state
  return row(name, state, time(step.startedAt), took, cell(step.note ?? ''))
}

function entryRow(
  { outcome, endedAt, requestedBy, ...about }: LedgerEntry,
  release: string,
): string {
  return row(release, title(about), outcomeWords[outcome], when(endedAt), cell(requestedBy))
}

/** The UI leaves no gap between columns: a non-breaking space keeps them apart. */
function row(...cells: readonly string[]): string {
  return `| ${cells.join('\u00a0 | ')} |`
}

function digestsOf(digests: Readonly<Record<string, string>>): string {
  return Object.values(digests).map(shortDigest).join(', ')
}

function seconds(ms: number): string {
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)}s` : `${(ms / 60_000).toFixed(1)}min`
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19)
}
