import { expectedEnd, type ExpectedEnd } from '../rollout/expected-end.ts'
import { firstLook, signsOfTrouble } from '../rollout/first-look.ts'
import type { Observation, ObservedService, ObservedTask } from '../rollout/observation.ts'
import { judge, type Expectation, type Verdict } from '../rollout/verdict.ts'
import { createGlimpses, type Glimpses } from './glimpses.ts'
import { isPassing, isThrottled } from './known-errors.ts'
import { isClose, pauseAfterMiss, pauseUntilNextLook, type Pace } from './pace.ts'
import type { LookAt, Poller } from './polling/poller.ts'
import type { RolloutProgress } from './types.ts'

export interface Watched {
  readonly cluster: string
  /** Name of the service in the configuration, and what ECS calls it. */
  readonly name: string
  readonly service: string
  readonly expected: Expectation
  /** How long earlier deployments of the service took, in milliseconds. Default: nobody knows. */
  readonly earlierMs?: readonly number[]
  /** Milliseconds since the epoch. */
  readonly deadline: number
  readonly pace: Pace
  readonly signal: AbortSignal
  readonly say: (progress: RolloutProgress) => void
}

export type Ending =
  | {
      readonly kind: 'ended'
      readonly verdict: Exclude<Verdict, { kind: 'progressing' }>
      readonly observation: Observation
    }
  | {
      readonly kind: 'timed out'
      /** What still stood in the way at the last look. */
      readonly summary: string
      /** Absent where no look came through. */
      readonly observation?: Observation
    }

/** A closer look goes ahead of cheap ones that are late by up to this, in milliseconds. */
const aheadMs = 10_000

/** A last look that fails is tried again so often: the deadline may be a moment of throttling. */
const lastLooks = 3

/**
 * Looks at a service until its rollout has ended or the deadline has passed, with one last look
 * then. Errors that may pass are part of waiting: they are looked past, with back-off, until the
 * deadline. Rejects with the signal's reason once that is aborted.
 */
export async function watchRollout(poller: Poller, watched: Watched): Promise<Ending> {
  const { clock } = poller
  const { deadline, pace, signal } = watched
  const glimpses = createGlimpses(poller, lookAt(watched), {
    serviceEveryMs: pace.farMs,
    recordEveryMs: 6 * pace.farMs,
    signal,
  })
  const eye: Eye = {
    poller,
    watched,
    glimpses,
    tasks: [],
    latest: undefined,
    signs: undefined,
    closerAt: 0,
  }
  const since = clock.now()
  const say = sparingly(watched, () => clock.now())
  let nearSince: number | undefined
  let misses = 0
  let due = since
  let wanted: Wanted = 'service'
  try {
    for (;;) {
      const late = clock.now() >= deadline
      const seen = await lookOrMiss(eye, { due, wanted, late })
      if (seen.kind === 'ended') return seen
      say(seen.summary)
      if (seen.kind !== 'missed') misses = 0
      else if (late || !seen.throttled) misses += 1
      if (late && (seen.kind !== 'missed' || misses >= lastLooks)) {
        const { summary } = seen
        return { kind: 'timed out', summary, ...(eye.latest && { observation: eye.latest }) }
      }
      const now = clock.now()
      nearSince = seen.nearEnd ? (nearSince ?? now) : undefined
      if (seen.kind === 'missed') {
        // The poller itself rests when it is throttled: whoever was first in line is so still.
        due = seen.throttled ? due : now + pauseAfterMiss(pace, misses)
      } else {
        const pause = pauseUntilNextLook(pace, { now, since, nearSince, end: seen.end })
        wanted = isClose(pace, pause) ? 'record' : 'service'
        due = now + pause
      }
      due = Math.min(due, deadline)
    }
  } finally {
    glimpses.close()
  }
}

type Wanted = Parameters<Glimpses['next']>[1]

interface Eye {
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

type Seen =
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

interface Next {
  readonly due: number
  readonly wanted: Wanted
  /** The deadline has passed. */
  readonly late: boolean
}

async function lookOrMiss(eye: Eye, next: Next): Promise<Seen> {
  try {
    return next.late ? await lookAtAll(eye) : await look(eye, next)
  } catch (error) {
    if (eye.watched.signal.aborted || !isPassing(error)) throw error
    const summary = `cannot look: ${error instanceof Error ? error.message : String(error)}`
    return { kind: 'missed', summary, nearEnd: false, throttled: isThrottled(error) }
  }
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
  return verdict.kind === 'progressing' ? verdict : { kind: 'ended', verdict, observation }
}

/** What the poller needs to know of a watched service. */
export function lookAt({
  cluster,
  service,
  expected,
}: Pick<Watched, 'cluster' | 'service' | 'expected'>): LookAt {
  return { cluster, service, serviceDeploymentArn: expected.serviceDeploymentArn }
}

/** Says what is new at once, and what is not every two seconds. */
function sparingly({ name, say }: Watched, now: () => number): (summary: string) => void {
  let said = ''
  let saidAt = -Infinity
  return (summary) => {
    const observedAt = now()
    if (summary === said && observedAt - saidAt < 2_000) return
    said = summary
    saidAt = observedAt
    say({ service: name, summary, observedAt })
  }
}
