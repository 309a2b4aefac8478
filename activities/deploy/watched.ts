import type { RolloutProgress } from '../../contract/activity-types.ts'
import type { Expectation } from '../../rollout/expectation.ts'
import type { Observation } from '../../rollout/observation.ts'
import type { Verdict } from '../../rollout/verdict.ts'
import type { Pace } from './pace.ts'

export interface WatchedRollout {
  readonly cluster: string
  /** The service's name in the configuration. */
  readonly name: string
  /** ECS's name of the service. */
  readonly service: string
  readonly expected: Expectation
  /** As of a poll target: for rollbacks. */
  readonly mayLackEvidence?: boolean
  /** How long earlier deployments of the service took, in milliseconds. Default: unknown. */
  readonly earlierMs?: readonly number[]
  /** Milliseconds since the epoch. */
  readonly deadline: number
  readonly pace: Pace
  readonly signal: AbortSignal
  readonly report: (progress: RolloutProgress) => void
}

export type WatchEnd =
  | {
      readonly kind: 'ended'
      readonly verdict: Exclude<Verdict, { kind: 'progressing' }>
      readonly observation: Observation
    }
  | {
      readonly kind: 'timed out'
      /** What was still missing at the last poll. */
      readonly summary: string
      /** Absent if no full poll succeeded. */
      readonly observation?: Observation
    }
