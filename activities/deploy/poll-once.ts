import { expectedEnd, type ExpectedEnd } from '../../rollout/expected-end.ts'
import { preliminaryVerdict, failureSigns } from '../../rollout/preliminary-verdict.ts'
import type { Observation, ObservedService, ObservedTask } from '../../rollout/observation.ts'
import { recordOf } from '../../rollout/record.ts'
import { judge, type Verdict } from '../../rollout/verdict.ts'
import { progressText } from '../../text/rollout.ts'
import type { SnapshotSource } from './snapshots.ts'
import { isExpired, isTransient, isThrottled } from '../aws/errors.ts'
import type { PollTarget, Poller } from '../polling/poller.ts'
import type { WatchEnd, WatchedRollout } from './watched.ts'

/** A closer look goes ahead of cheap ones that are late by up to this, in milliseconds. */
const aheadMs = 10_000

export type PollSubject = Parameters<SnapshotSource['next']>[1]

/** What one who waits has seen so far. */
export interface WatchState {
  readonly poller: Poller
  readonly watched: WatchedRollout
  readonly snapshots: SnapshotSource
  /** Of the service, when somebody last looked at them. */
  tasks: readonly ObservedTask[]
  /** The last closer look. */
  latest: Observation | undefined
  /** Of trouble, when somebody last looked closer. */
  signs: string | undefined
  closerAt: number
}

export type PollResult =
  | Extract<WatchEnd, { kind: 'ended' }>
  | {
      readonly kind: 'progressing'
      readonly summary: string
      readonly nearEnd: boolean
      readonly end?: ExpectedEnd | undefined
    }
  | {
      readonly kind: 'missed'
      readonly summary: string
      readonly nearEnd: false
      readonly throttled: boolean
    }

export interface NextPoll {
  readonly due: number
  readonly wanted: PollSubject
  /** The deadline has passed. */
  readonly late: boolean
}

/**
 * One look, cheap unless it is the last. An error that may pass is a miss, and so are credentials
 * that may be renewed before the deadline.
 */
export async function pollOrMiss(eye: WatchState, next: NextPoll): Promise<PollResult> {
  try {
    return next.late ? await pollEverything(eye) : await pollOnce(eye, next)
  } catch (error) {
    if (eye.watched.signal.aborted || !(isTransient(error) || isExpired(error))) throw error
    const summary = `cannot look: ${pollErrorText(error)}`
    return { kind: 'missed', summary, nearEnd: false, throttled: isThrottled(error) }
  }
}

function pollErrorText(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error)
  return isExpired(error) ? `${said}; renew the worker's credentials` : said
}

/** A cheap look, and a closer one where that may tell more. */
async function pollOnce(eye: WatchState, { due, wanted }: NextPoll): Promise<PollResult> {
  const { poller, watched, snapshots } = eye
  const { expected, signal, earlierMs = [] } = watched
  const { service, seenAt, record } = await snapshots.next(due, wanted)
  const lookFirst = () => preliminaryVerdict({ service, record, tasks: eye.tasks }, expected)
  let first = lookFirst()
  if (first.kind === 'progressing' && (await pollFailedTasks(eye, service))) first = lookFirst()
  if (first.kind === 'progressing') {
    return { ...inWords(first), end: expectedEnd({ service, record, seenAt, earlierMs }) }
  }
  if (first.expect === 'success' && record !== undefined) {
    const when = { due: poller.clock.now() - aheadMs, signal }
    eye.latest = await poller.confirm(pollTargetOf(watched), { service, record }, when)
    const verdict = judge(eye.latest, expected)
    if (verdict.kind === 'progressing') return inWords(verdict)
    if (verdict.kind === 'succeeded') return { kind: 'ended', verdict, observation: eye.latest }
  }
  return await pollEverything(eye)
}

/** Looks at tasks that have failed since the last time, so that people are told of them. */
async function pollFailedTasks(eye: WatchState, service: ObservedService): Promise<boolean> {
  const { poller, watched } = eye
  const now = poller.clock.now()
  const signs = failureSigns(service, watched.expected)
  eye.signs ??= signs
  if (signs === eye.signs || now - eye.closerAt < watched.pace.farMs) return false
  eye.tasks = await poller.stoppedTasks(pollTargetOf(watched), { due: now, signal: watched.signal })
  eye.signs = signs
  eye.closerAt = now
  return true
}

async function pollEverything(eye: WatchState): Promise<PollResult> {
  const { poller, watched } = eye
  const now = poller.clock.now()
  const when = { due: now - aheadMs, signal: watched.signal }
  const observation = await poller.observe(pollTargetOf(watched), when)
  eye.latest = observation
  eye.tasks = observation.tasks
  eye.closerAt = now
  const verdict = judge(observation, watched.expected)
  if (verdict.kind !== 'progressing') return { kind: 'ended', verdict, observation }
  const { service, observedAt: seenAt } = observation
  const record = recordOf(observation, watched.expected)
  const { earlierMs = [] } = watched
  return { ...inWords(verdict), end: expectedEnd({ service, record, seenAt, earlierMs }) }
}

function inWords({ progress, nearEnd }: Pick<Progressing, 'progress' | 'nearEnd'>) {
  return { kind: 'progressing', summary: progressText(progress), nearEnd } as const
}

type Progressing = Extract<Verdict, { readonly kind: 'progressing' }>

/** What the poller needs to know of a watched service. */
export function pollTargetOf({
  cluster,
  service,
  expected,
}: Pick<WatchedRollout, 'cluster' | 'service' | 'expected'>): PollTarget {
  return { cluster, service, serviceDeploymentArn: expected.serviceDeploymentArn }
}
