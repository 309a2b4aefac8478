import type { Clock, TaskRuntime } from '../runtime/types.ts'
import type { Timings } from './timings.ts'
import type { EngineState } from './engine-state.ts'

/**
 * ECS and the load balancers of one account in one region, with the clock and tasks behind them.
 */
export interface Engine {
  readonly state: EngineState
  readonly clock: Clock
  readonly runtime: TaskRuntime
  readonly account: string
  readonly region: string
  readonly timings: Timings
  readonly resolveDigest?: (image: string) => Promise<string | undefined>
  /** When each service is reconciled next. It follows from `state`, so it is not part of it. */
  readonly wakes: Map<string, { readonly at: number; readonly cancel: () => void }>
  /** Health checks in progress: task id, and port or container. */
  readonly probing: Set<string>
  /** Set by `close`: nothing is started or reconciled from then on. */
  closed: boolean
  /** Does what is due for one service. */
  readonly reconcile: (serviceArn: string) => void
  /** Cancels all timers and closes the runtime, which stops every task. */
  close(): Promise<void>
}
