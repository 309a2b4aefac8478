import { expectedEnd, type ExpectedEnd } from '../../rollout/expected-end.ts'
import type { Observation, ObservedService, ObservedTask } from '../../rollout/observation.ts'
import { failureSigns, preliminaryVerdict } from '../../rollout/preliminary-verdict.ts'
import { recordOf } from '../../rollout/record.ts'
import { type Verdict } from '../../rollout/verdict.ts'
import { judge } from '../../rollout/judge.ts'
import { progressText } from '../../text/rollout.ts'
import { isThrottled } from '../aws/errors.ts'
import type { PollTarget, Poller } from '../polling/poller.ts'
import { isMissedPoll, missedPollText } from './missed-poll.ts'
import type { SnapshotSource } from './snapshots.ts'
import type { WatchEnd, WatchedRollout } from './watched.ts'

/** A full poll goes ahead of snapshots that are overdue by up to this, in milliseconds. */
const aheadMs = 10_000

export type PollSubject = Parameters<SnapshotSource['next']>[1]

/** What one wait has polled so far. */
export interface WatchState {
  readonly poller: Poller
  readonly watched: WatchedRollout
  readonly snapshots: SnapshotSource
  /** The service's tasks as last polled. */
  tasks: readonly ObservedTask[]
  /** The last full poll. */
  latest: Observation | undefined
  /** The signs of failure when tasks were last polled. */
  signs: string | undefined
  /** Milliseconds since the epoch. */
  tasksPolledAt: number
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
  readonly subject: PollSubject
  /** Whether the deadline has passed. */
  readonly isLast: boolean
}

/**
 * Polls once: a snapshot, or everything if it is the last poll. An error that says nothing about
 * the rollout is a miss.
 */
export async function pollOrMiss(state: WatchState, next: NextPoll): Promise<PollResult> {
  try {
    return next.isLast ? await pollEverything(state) : await pollOnce(state, next)
  } catch (error) {
    if (state.watched.signal.aborted || !isMissedPoll(error)) throw error
    const summary = missedPollText(error)
    return { kind: 'missed', summary, nearEnd: false, throttled: isThrottled(error) }
  }
}

/** Takes a snapshot, and polls more only if that may change the verdict. */
async function pollOnce(state: WatchState, { due, subject }: NextPoll): Promise<PollResult> {
  const { poller, watched, snapshots } = state
  const { expected, signal, earlierMs = [] } = watched
  const { service, seenAt, record } = await snapshots.next(due, subject)
  const judgeSnapshot = () => preliminaryVerdict({ service, record, tasks: state.tasks }, expected)
  let preliminary = judgeSnapshot()
  if (preliminary.kind === 'progressing' && (await pollFailedTasks(state, service))) {
    preliminary = judgeSnapshot()
  }
  if (preliminary.kind === 'progressing') {
    return { ...inWords(preliminary), end: expectedEnd({ service, record, seenAt, earlierMs }) }
  }
  if (preliminary.expect === 'success' && record !== undefined) {
    const when = { due: poller.clock.now() - aheadMs, signal }
    state.latest = await poller.confirm(pollTargetOf(watched), { service, record }, when)
    const verdict = judge(state.latest, expected)
    if (verdict.kind === 'progressing') return inWords(verdict)
    if (verdict.kind === 'succeeded') return { kind: 'ended', verdict, observation: state.latest }
  }
  return await pollEverything(state)
}

/**
 * Polls tasks that have failed since the last time, so that progress can tell people about them.
 * False if there is no new sign of failure, or if the last poll of tasks is too recent.
 */
async function pollFailedTasks(state: WatchState, service: ObservedService): Promise<boolean> {
  const { poller, watched } = state
  const now = poller.clock.now()
  const signs = failureSigns(service, watched.expected)
  state.signs ??= signs
  if (signs === state.signs || now - state.tasksPolledAt < watched.pace.farMs) return false
  const when = { due: now, signal: watched.signal }
  state.tasks = await poller.stoppedTasks(pollTargetOf(watched), when)
  state.signs = signs
  state.tasksPolledAt = now
  return true
}

async function pollEverything(state: WatchState): Promise<PollResult> {
  const { poller, watched } = state
  const now = poller.clock.now()
  const when = { due: now - aheadMs, signal: watched.signal }
  const observation = await poller.observe(pollTargetOf(watched), when)
  state.latest = observation
  state.tasks = observation.tasks
  state.tasksPolledAt = now
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

/** What the poller needs to know about a watched service. */
export function pollTargetOf({
  cluster,
  service,
  expected: { serviceDeploymentArn },
  mayLackEvidence,
}: WatchedRollout): PollTarget {
  return { cluster, service, serviceDeploymentArn, mayLackEvidence }
}
