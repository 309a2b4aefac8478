import type { RolloutEnd } from '../../contract/activity-types.ts'
import { crashedSinceSuccess, crashedTasks, longestCrashedLife } from '../../rollout/crashes.ts'
import type { Expectation } from '../../rollout/expectation.ts'
import type { ObservedService, ObservedTask, Observation } from '../../rollout/observation.ts'
import { isUnchanged } from '../../rollout/preliminary-verdict.ts'
import { stopCauseOf } from '../../rollout/stop-cause.ts'
import { toldStopCause, type ToldStopCause } from '../../text/cause/cause.ts'
import { type Verdict } from '../../rollout/verdict.ts'
import { judge } from '../../rollout/judge.ts'
import { failureText, progressText } from '../../text/rollout.ts'
import type { PollTarget, Poller } from '../polling/poller.ts'
import { isMissedPoll, missedPollText } from './missed-poll.ts'

/** A service within the stability window, and what its polls have shown so far. */
export interface VerifiedService {
  /** The service's name in the configuration. */
  readonly name: string
  readonly target: PollTarget
  readonly expected: Expectation
  /** The last full poll, if the service was healthy then. */
  healthy: { readonly service: ObservedService; readonly result: Healthy } | undefined
  /** ARNs of the tasks that had crashed by the first poll, and before the rollout had succeeded. */
  crashedBefore: ReadonlySet<string> | undefined
  /** How long those had lived at most, in milliseconds. */
  crashedLifeMs: number
}

export type ServicePoll =
  | Healthy
  | {
      readonly kind: 'incomplete'
      readonly service: string
      readonly summary: string
      readonly why?: ToldStopCause
    }
  | { readonly kind: 'ended'; readonly end: RolloutEnd }

interface Healthy {
  readonly kind: 'healthy'
  readonly verdict: Extract<Verdict, { kind: 'succeeded' }>
}

interface PollOptions {
  readonly signal: AbortSignal
  /** Poll everything, even if the service has not changed. The window's first and last poll do. */
  readonly full: boolean
}

/**
 * Polls a service. While it is unchanged since a full poll that found it healthy, it counts as
 * healthy, and its tasks and targets are not polled again.
 */
export async function pollService(
  poller: Poller,
  one: VerifiedService,
  { signal, full }: PollOptions,
): Promise<ServicePoll> {
  const when = { due: poller.clock.now(), signal }
  try {
    if (!full && one.healthy !== undefined) {
      const service = await poller.service(one.target, when)
      if (isUnchanged(one.healthy.service, service)) return one.healthy.result
    }
    const observation = await poller.observe(one.target, when)
    const result = judgeService(one, observation)
    one.healthy = result.kind === 'healthy' ? { service: observation.service, result } : undefined
    return result
  } catch (error) {
    if (signal.aborted || !isMissedPoll(error)) throw error
    return { kind: 'incomplete', service: one.name, summary: missedPollText(error) }
  }
}

function judgeService(one: VerifiedService, observation: Observation): ServicePoll {
  const { name, expected } = one
  const verdict = judge(observation, expected)
  const why = toldStopCause(stopCauseOf([observation], expected))
  const crashed = newlyCrashed(one, observation)
  if (crashed !== undefined) {
    const reason = `${name}: a task stopped after it had been healthy (${crashed.stoppedReason})`
    return { kind: 'ended', end: { kind: 'failed', reason, ...why } }
  }
  switch (verdict.kind) {
    case 'succeeded':
      return { kind: 'healthy', verdict }
    case 'progressing':
      return { kind: 'incomplete', service: name, summary: progressText(verdict.progress), why }
    case 'rolled_back':
    case 'failed':
    case 'replaced': {
      const reason = `${name}: ${failureText(verdict)}`
      return { kind: 'ended', end: { kind: verdict.kind, reason, ...why } }
    }
  }
}

/** A task that has crashed within the window, or since ECS called the rollout a success. */
function newlyCrashed(one: VerifiedService, observation: Observation): ObservedTask | undefined {
  const { expected } = one
  // A task that did not start leaves a gap, which the verdict shows.
  const crashed = crashedTasks(observation, expected).filter(
    ({ startedAt, stopCode }) => startedAt !== undefined || stopCode !== 'TaskFailedToStart',
  )
  if (one.crashedBefore === undefined) {
    const since = new Set(crashedSinceSuccess(observation, expected).map(({ arn }) => arn))
    one.crashedBefore = new Set(crashed.flatMap(({ arn }) => (since.has(arn) ? [] : [arn])))
    one.crashedLifeMs = longestCrashedLife(observation, expected)
  }
  return crashed.find(({ arn }) => one.crashedBefore?.has(arn) === false)
}
