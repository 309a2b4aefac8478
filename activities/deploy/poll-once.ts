import { expectedEnd, type ExpectedEnd } from '../../rollout/expected-end.ts'
import { firstLook, signsOfTrouble } from '../../rollout/preliminary-verdict.ts'
import type { Observation, ObservedService, ObservedTask } from '../../rollout/observation.ts'
import { judge, recordOf } from '../../rollout/verdict.ts'
import type { Glimpses } from './snapshots.ts'
import { hasLapsed, isPassing, isThrottled } from '../aws/errors.ts'
import type { LookAt, Poller } from '../polling/poller.ts'
import type { Ending, Watched } from './watched.ts'

/** A closer look goes ahead of cheap ones that are late by up to this, in milliseconds. */
const aheadMs = 10_000

export type Wanted = Parameters<Glimpses['next']>[1]

/** What one who waits has seen so far. */
export interface Eye {
  readonly poller: Poller
  readonly watched: Watched
  readonly glimpses: Glimpses
  /** Of the service, when somebody last looked at them. */
  tasks: readonly ObservedTask[]
  /** The last closer look. */
  latest: Observation | undefined
  /** Of trouble, when somebody last looked closer. */
  signs: string | undefined
  closerAt: number
}

export type Seen =
  | Extract<Ending, { kind: 'ended' }>
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

export interface Next {
  readonly due: number
  readonly wanted: Wanted
  /** The deadline has passed. */
  readonly late: boolean
}

/**
 * One look, cheap unless it is the last. An error that may pass is a miss, and so are credentials
 * that may be renewed before the deadline.
 */
export async function lookOrMiss(eye: Eye, next: Next): Promise<Seen> {
  try {
    return next.late ? await lookAtAll(eye) : await look(eye, next)
  } catch (error) {
    if (eye.watched.signal.aborted || !(isPassing(error) || hasLapsed(error))) throw error
    const summary = `cannot look: ${whatIsWrong(error)}`
    return { kind: 'missed', summary, nearEnd: false, throttled: isThrottled(error) }
  }
}

function whatIsWrong(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error)
  return hasLapsed(error) ? `${said}; renew the worker's credentials` : said
}

/** A cheap look, and a closer one where that may tell more. */
async function look(eye: Eye, { due, wanted }: Next): Promise<Seen> {
  const { poller, watched, glimpses } = eye
  const { expected, signal, earlierMs = [] } = watched
  const { service, seenAt, record } = await glimpses.next(due, wanted)
  const lookFirst = () => firstLook({ service, record, tasks: eye.tasks }, expected)
  let first = lookFirst()
  if (first.kind === 'progressing' && (await lookAtTrouble(eye, service))) first = lookFirst()
  if (first.kind === 'progressing') {
    return { ...first, end: expectedEnd({ service, record, seenAt, earlierMs }) }
  }
  if (first.expect === 'success' && record !== undefined) {
    const when = { due: poller.clock.now() - aheadMs, signal }
    eye.latest = await poller.confirm(lookAt(watched), { service, record }, when)
    const verdict = judge(eye.latest, expected)
    if (verdict.kind === 'progressing') return verdict
    if (verdict.kind === 'succeeded') return { kind: 'ended', verdict, observation: eye.latest }
  }
  return await lookAtAll(eye)
}

/** Looks at tasks that have failed since the last time, so that people are told of them. */
async function lookAtTrouble(eye: Eye, service: ObservedService): Promise<boolean> {
  const { poller, watched } = eye
  const now = poller.clock.now()
  const signs = signsOfTrouble(service, watched.expected)
  eye.signs ??= signs
  if (signs === eye.signs || now - eye.closerAt < watched.pace.farMs) return false
  eye.tasks = await poller.stoppedTasks(lookAt(watched), { due: now, signal: watched.signal })
  eye.signs = signs
  eye.closerAt = now
  return true
}

async function lookAtAll(eye: Eye): Promise<Seen> {
  const { poller, watched } = eye
  const now = poller.clock.now()
  const when = { due: now - aheadMs, signal: watched.signal }
  const observation = await poller.observe(lookAt(watched), when)
  eye.latest = observation
  eye.tasks = observation.tasks
  eye.closerAt = now
  const verdict = judge(observation, watched.expected)
  if (verdict.kind !== 'progressing') return { kind: 'ended', verdict, observation }
  const { service, observedAt: seenAt } = observation
  const record = recordOf(observation, watched.expected)
  const { earlierMs = [] } = watched
  return { ...verdict, end: expectedEnd({ service, record, seenAt, earlierMs }) }
}

/** What the poller needs to know of a watched service. */
export function lookAt({
  cluster,
  service,
  expected,
}: Pick<Watched, 'cluster' | 'service' | 'expected'>): LookAt {
  return { cluster, service, serviceDeploymentArn: expected.serviceDeploymentArn }
}
