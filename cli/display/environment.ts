import type { RolloutProgress } from '../../contract/activity-types.ts'
import { freezeText } from '../../config/active-freeze.ts'
import type { FreezeWindow } from '../../contract/environment-spec.ts'
import type { Control } from '../../contract/controls.ts'
import type {
  EnvironmentStatus,
  RunningRelease,
  UndeliveredNotification,
  WaitingRelease,
} from '../../contract/environment.ts'
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

interface Details {
  /** Of the running release. */
  readonly release?: ReleaseStatus
  readonly rollouts?: readonly RolloutProgress[]
  readonly schedules?: ScheduleListing
  /** The freeze window of the configuration that is open now. */
  readonly window?: FreezeWindow | undefined
}

/** The status of an environment: what is live, running, waiting, scheduled, and the last outcomes. */
export function environmentText(
  status: EnvironmentStatus,
  now: number,
  details: Details = {},
): string {
  const { environment, project, releases, superseded } = status
  const { schedules } = details
  return [
    paint('bold', `${plain(project)} ${environment}`),
    ...liveLines(status),
    ...runningLines(status, now, details),
    ...section('Waiting:', status.waiting, (one) => waitingRow(one, environment)),
    ...freezeLines(status, details),
    ...(schedules === undefined ? [] : nextRunLines(environment, schedules, now)),
    ...section('Manual actions:', status.controls.slice(0, 5), controlRow),
    ...notificationLines(status),
    ...(releases.length + superseded.length === 0
      ? []
      : ['', releasesText(releases, { superseded, most: 10 })]),
  ].join('\n')
}

/** A title and a table; nothing without rows. */
function section<T>(title: string, all: readonly T[], rowOf: (one: T) => string[]): string[] {
  return all.length === 0 ? [] : [title, table(all.map(rowOf))]
}

function liveLines({ live }: EnvironmentStatus): string[] {
  if (live === undefined) return ['Live: nothing yet. No release has succeeded here.']
  const since = momentText(liveSince(live))
  const services = live.services.map(({ name, ecsService, revision, since: own }) => [
    `  ${name}`,
    ecsService,
    shortRevision(revision.taskDefinition),
    Object.values(revision.digests).map(shortDigest).join(' '),
    own === undefined ? '' : `since ${momentText(own.at)}`,
    own === undefined || own.release === live.id ? '' : `by ${own.release}`,
  ])
  return [
    `Live: ${releaseTitle(live)}, since ${since} (${live.id}, by ${plain(live.requestedBy)})`,
    ...(services.length === 0 ? [] : [table(services)]),
  ]
}

function runningLines(
  { environment, running }: EnvironmentStatus,
  now: number,
  { release, rollouts = [] }: Details,
): string[] {
  const lines = [runningTitle(environment, running, now)]
  for (const step of release?.steps.filter(({ state }) => state === 'running') ?? []) {
    lines.push(`  ${stepName(step)}, for ${durationText(now - step.startedAt)}`)
    // In full: it may say what a person has to do.
    const rollout = rollouts.find(({ service }) => service === step.subject)
    const note = rollout?.summary ?? step.note
    if (note !== undefined) lines.push(`    ${plain(note)}`)
  }
  const paused = release?.paused ?? running?.paused
  if (paused !== undefined) {
    const why = paused.reason === undefined ? '' : `: ${plain(paused.reason)}`
    const resume = `Resume it: slipway resume ${environment}`
    lines.push(paint('yellow', `  paused by ${plain(paused.by)}${why}. ${resume}`))
  }
  return lines
}

function runningTitle(environment: string, running: RunningRelease | undefined, now: number) {
  if (running === undefined) return 'Running: nothing.'
  const { id, kind, requestedBy, startedAt } = running
  const duration = durationText(now - startedAt)
  return `Running: ${id} (${kind}, by ${plain(requestedBy)}), for ${duration}. Follow it: slipway wait ${environment}`
}

function freezeLines({ freeze }: EnvironmentStatus, { window }: Details): string[] {
  const lines: string[] = []
  if (freeze !== undefined) {
    const end = freeze.until === undefined ? '' : ` until ${momentText(freeze.until)}`
    lines.push(`Frozen${end} by ${plain(freeze.by)}: ${plain(freeze.reason)}`)
  }
  if (window !== undefined) {
    const effect = 'only rollbacks and --override-freeze are accepted'
    lines.push(`In a freeze window, ${plain(freezeText(window))}: ${effect}`)
  }
  return lines.map((line) => paint('yellow', line))
}

function notificationLines({ undelivered = [], unsent = [] }: EnvironmentStatus): string[] {
  const lines: string[] = []
  if (undelivered.length > 0) {
    lines.push(paint('yellow', 'Notifications not delivered:'))
    lines.push(...undelivered.slice(0, 5).map(undeliveredLine))
  }
  if (unsent.length > 0) {
    const since = momentText(Math.min(...unsent.map((one) => one.since)))
    lines.push(`Notifications pending: ${unsent.length}, the oldest since ${since}`)
  }
  return lines
}

function waitingRow(
  { id, requestedBy, since, approval, override, waitsFor, ...release }: WaitingRelease,
  environment: string,
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
function undeliveredLine({ to, event, release, at, reason }: UndeliveredNotification): string {
  return `  ${to}, ${event} of ${release}, ${momentText(at)}: ${plain(reason)}`
}
