import type { RolloutProgress } from '../../activities/types.ts'
import { outcomeWords } from '../../rollout/outcome-words.ts'
import type {
  Control,
  EnvironmentStatus,
  LedgerEntry,
  ReleaseStatus,
  Undelivered,
  WaitingRelease,
} from '../../workflows/types.ts'
import { shortCommit, shortDigest, shortRevision } from '../../workflows/words.ts'
import type { Upcoming } from '../upcoming.ts'
import { durationText, momentText, plain, shortened } from '../text.ts'
import { outcomeStyle, paint } from './colour.ts'
import { table } from './table.ts'
import { upcomingLines } from './upcoming.ts'
import { stepName } from './words.ts'

/** What is live, what runs, what is scheduled and what ran last, for people. */
export function environmentText(
  status: EnvironmentStatus,
  now: number,
  beside: {
    readonly release?: ReleaseStatus
    readonly rollouts?: readonly RolloutProgress[]
    readonly upcoming?: Upcoming
  } = {},
): string {
  const { release, rollouts = [], upcoming } = beside
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
  for (const step of release?.steps.filter(({ state }) => state === 'running') ?? []) {
    parts.push(`  ${stepName(step)}, for ${durationText(now - step.startedAt)}`)
    // In full: it may say what somebody has to do.
    const seen = rollouts.find(({ service }) => service === step.subject)
    const said = seen?.summary ?? step.note
    if (said !== undefined) parts.push(`    ${plain(said)}`)
  }
  if (release?.paused !== undefined)
    parts.push(paint('yellow', `  paused by ${plain(release.paused.by)}`))
  if (status.waiting.length > 0) parts.push('Waiting:', table(status.waiting.map(waitingRow)))
  if (status.freeze !== undefined) {
    const { by, reason, until } = status.freeze
    const end = until === undefined ? '' : ` until ${momentText(until)}`
    parts.push(paint('yellow', `Frozen${end} by ${plain(by)}: ${plain(reason)}`))
  }
  if (upcoming !== undefined) parts.push(...upcomingLines(status.environment, upcoming, now))
  if (status.controls.length > 0)
    parts.push('By hand:', table(status.controls.slice(0, 5).map(controlRow)))
  if (status.undelivered !== undefined) {
    const { undelivered } = status
    parts.push(paint('yellow', 'Nobody was told:'), ...undelivered.slice(0, 5).map(undeliveredLine))
  }
  if (status.unsent !== undefined) {
    const since = momentText(Math.min(...status.unsent.map((one) => one.since)))
    parts.push(`Notifications on their way: ${status.unsent.length}, the oldest since ${since}`)
  }
  if (status.releases.length > 0) parts.push('', releasesText(status.releases.slice(0, 10)))
  return parts.filter((part, index) => part !== '' || index > 0).join('\n')
}

function waitingRow({ id, requestedBy, since, approval, ...about }: WaitingRelease): string[] {
  const approved =
    approval === undefined
      ? ''
      : approval.kind === 'needed'
        ? 'needs an approval'
        : `approved by ${plain(approval.by)}`
  return [
    `  ${id}`,
    shortened(what(about), 60),
    `by ${plain(requestedBy)}`,
    `since ${momentText(since)}`,
    approved,
  ]
}

function controlRow({ kind, by, at, reason, refused }: Control): string[] {
  const why = refused === undefined ? (reason ?? '') : `refused: ${refused}`
  return [`  ${kind}`, `by ${plain(by)}`, momentText(at), shortened(plain(why), 60)]
}

/** In full: it says what to do. */
function undeliveredLine({ to, event, release, at, reason }: Undelivered): string {
  return `  ${to}, ${event} of ${release}, ${momentText(at)}: ${plain(reason)}`
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

function what({ kind, commit, subject }: Pick<LedgerEntry, 'kind' | 'commit' | 'subject'>): string {
  const of = commit === undefined ? '' : ` ${shortCommit(commit)}`
  const about = subject === undefined || subject === '' ? '' : `: ${plain(subject)}`
  return `${kind}${of}${about}`
}
