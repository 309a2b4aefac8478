import type { RolloutProgress } from '../../contract/activity-types.ts'
import { freezeInWords } from '../../config/frozen.ts'
import type { FreezeWindow } from '../../contract/environment-spec.ts'
import type { Control } from '../../contract/controls.ts'
import type { Undelivered, EnvironmentStatus, WaitingRelease } from '../../contract/environment.ts'
import type { ReleaseStatus } from '../../contract/releases.ts'
import { waitText } from '../../text/wait-reason.ts'
import { liveSince } from '../../text/live-since.ts'
import { shortDigest, shortRevision } from '../../text/short.ts'
import type { ScheduleListing } from '../cached-schedules.ts'
import { durationText, momentText, plain, shortened } from '../../text/plain.ts'
import { paint } from './colour.ts'
import { releasesText, releaseTitle } from './releases.ts'
import { table } from './table.ts'
import { nextRunLines } from './next-runs.ts'
import { stepName } from './words.ts'

/** The status of an environment: what is live, running, waiting, scheduled, and the last outcomes. */
export function environmentText(
  status: EnvironmentStatus,
  now: number,
  details: {
    readonly release?: ReleaseStatus
    readonly rollouts?: readonly RolloutProgress[]
    readonly schedules?: ScheduleListing
    /** The freeze window of the configuration that is open now. */
    readonly window?: FreezeWindow | undefined
  } = {},
): string {
  const { release, rollouts = [], schedules, window } = details
  const parts = [paint('bold', `${plain(status.project)} ${status.environment}`)]
  const { live, running } = status
  if (live === undefined) parts.push('Live: nothing yet. No release has succeeded here.')
  else {
    parts.push(
      `Live: ${releaseTitle(live)}, since ${momentText(liveSince(live))} (${live.id}, by ${plain(live.requestedBy)})`,
      table(
        live.services.map(({ name, ecsService, revision, since }) => [
          `  ${name}`,
          ecsService,
          shortRevision(revision.taskDefinition),
          Object.values(revision.digests).map(shortDigest).join(' '),
          since === undefined ? '' : `since ${momentText(since.at)}`,
          since === undefined || since.release === live.id ? '' : `by ${since.release}`,
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
    // In full: it may say what a person has to do.
    const rollout = rollouts.find(({ service }) => service === step.subject)
    const note = rollout?.summary ?? step.note
    if (note !== undefined) parts.push(`    ${plain(note)}`)
  }
  const paused = release?.paused ?? running?.paused
  if (paused !== undefined) {
    const why = paused.reason === undefined ? '' : `: ${plain(paused.reason)}`
    const resume = `Resume it: slipway resume ${status.environment}`
    parts.push(paint('yellow', `  paused by ${plain(paused.by)}${why}. ${resume}`))
  }
  if (status.waiting.length > 0) {
    parts.push('Waiting:', table(status.waiting.map((one) => waitingRow(one, status))))
  }
  if (status.freeze !== undefined) {
    const { by, reason, until } = status.freeze
    const end = until === undefined ? '' : ` until ${momentText(until)}`
    parts.push(paint('yellow', `Frozen${end} by ${plain(by)}: ${plain(reason)}`))
  }
  if (window !== undefined) {
    const effect = 'only rollbacks and --override-freeze are accepted'
    parts.push(paint('yellow', `In a freeze window, ${plain(freezeInWords(window))}: ${effect}`))
  }
  if (schedules !== undefined) parts.push(...nextRunLines(status.environment, schedules, now))
  if (status.controls.length > 0)
    parts.push('Manual actions:', table(status.controls.slice(0, 5).map(controlRow)))
  if (status.undelivered !== undefined) {
    const { undelivered } = status
    parts.push(
      paint('yellow', 'Notifications not delivered:'),
      ...undelivered.slice(0, 5).map(undeliveredLine),
    )
  }
  if (status.unsent !== undefined) {
    const since = momentText(Math.min(...status.unsent.map((one) => one.since)))
    parts.push(`Notifications pending: ${status.unsent.length}, the oldest since ${since}`)
  }
  const { releases, superseded } = status
  if (releases.length + superseded.length > 0) {
    parts.push('', releasesText(releases, { superseded, most: 10 }))
  }
  return parts.filter((part, index) => part !== '' || index > 0).join('\n')
}

function waitingRow(
  { id, requestedBy, since, approval, override, waitsFor, ...release }: WaitingRelease,
  { environment }: EnvironmentStatus,
): string[] {
  const approved = approval?.kind === 'given' ? `approved by ${plain(approval.by)}` : ''
  const overrides =
    override === undefined ? '' : `overrides the freeze: ${shortened(plain(override), 60)}`
  const reason = waitsFor === undefined ? '' : waitText(waitsFor, environment)
  return [
    `  ${id}`,
    shortened(releaseTitle(release), 60),
    `by ${plain(requestedBy)}`,
    `since ${momentText(since)}`,
    [approved, overrides, reason].filter((part) => part !== '').join(', '),
  ]
}

/** A reason for a rejection is shown in full: it says what to do. */
function controlRow({ kind, by, at, release, reason, rejected }: Control): string[] {
  const why =
    rejected === undefined ? shortened(plain(reason ?? ''), 60) : `rejected: ${plain(rejected)}`
  const who = shortened(plain(by), 32)
  return [`  ${kind}`, `by ${who}`, momentText(at), plain(release ?? ''), why]
}

/** The reason is shown in full: it says what to do. */
function undeliveredLine({ to, event, release, at, reason }: Undelivered): string {
  return `  ${to}, ${event} of ${release}, ${momentText(at)}: ${plain(reason)}`
}
