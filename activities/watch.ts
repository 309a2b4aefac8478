import { Context } from '@temporalio/activity'
import type { Observation } from '../rollout/observation.ts'
import { judge, type Expectation, type Verdict } from '../rollout/verdict.ts'
import type { AwsClients } from './aws-clients.ts'
import { isPassing } from './known-errors.ts'
import { observe } from './observe.ts'
import type { RolloutProgress } from './types.ts'

/** Milliseconds between two looks at a service. */
export interface Pace {
  /** While an end is near. */
  readonly nearEndMs: number
  /** At most. */
  readonly farMs: number
}

export const defaultPace: Pace = { nearEndMs: 1_000, farMs: 5_000 }

export interface Watched {
  readonly cluster: string
  /** Name of the service in the configuration, and what ECS calls it. */
  readonly name: string
  readonly service: string
  readonly expected: Expectation
  /** Milliseconds since the epoch. */
  readonly deadline: number
  readonly pace: Pace
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

/**
 * Looks at a service until its rollout has ended or the deadline has passed, with one last look
 * then. Errors that may pass are part of waiting: they are looked past, with back-off, until the
 * deadline. A cancellation of the activity ends it at once.
 */
export async function watchRollout(clients: AwsClients, watched: Watched): Promise<Ending> {
  const { deadline, expected, say } = watched
  let misses = 0
  let latest: Observation | undefined
  for (;;) {
    const late = Date.now() >= deadline
    let summary: string
    let pause: number
    try {
      latest = await look(clients, watched)
      const verdict = judge(latest, expected)
      if (verdict.kind !== 'progressing') {
        return { kind: 'ended', verdict, observation: latest }
      }
      misses = 0
      summary = verdict.summary
      pause = verdict.nearEnd ? watched.pace.nearEndMs : watched.pace.farMs
    } catch (error) {
      if (!isPassing(error)) throw error
      misses += 1
      summary = `cannot look: ${error instanceof Error ? error.message : String(error)}`
      pause = backOff(misses, watched.pace)
    }
    say({ service: watched.name, summary, observedAt: Date.now() })
    if (late) {
      return {
        kind: 'timed out',
        summary,
        ...(latest === undefined ? {} : { observation: latest }),
      }
    }
    await Context.current().sleep(Math.max(1, Math.min(pause, deadline - Date.now())))
  }
}

/** One look at a watched service. */
export async function look(
  clients: AwsClients,
  { cluster, service, expected }: Pick<Watched, 'cluster' | 'service' | 'expected'>,
): Promise<Observation> {
  return await observe(clients, {
    cluster,
    service,
    serviceDeploymentArn: expected.serviceDeploymentArn,
    abortSignal: Context.current().cancellationSignal,
  })
}

/** Doubles with each miss up to half a minute, with full jitter so that waiters do not march in step. */
function backOff(misses: number, { nearEndMs }: Pace): number {
  return Math.random() * Math.min(30_000, nearEndMs * 2 ** misses)
}
