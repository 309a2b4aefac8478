import { type Observation } from '../../rollout/observation.ts'
import { type Verdict } from '../../rollout/verdict.ts'
import { type RolloutProgress } from '../../contract/activity-types.ts'
import { type Pace } from './pace.ts'
import { type Expectation } from '../../rollout/expectation.ts'

export interface WatchedRollout {
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

export type WatchEnd =
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
