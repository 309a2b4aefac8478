import type { Clock, TaskRuntime } from '../runtime/types.ts'
import type { Timings } from './timings.ts'
import type { EngineState } from './engine-state.ts'

/** One account in one region: its ECS and its load balancers, and what makes them move. */
export interface Engine {
  readonly state: EngineState
  readonly clock: Clock
  readonly runtime: TaskRuntime
  readonly account: string
  readonly region: string
  readonly timings: Timings
  readonly resolveDigest?: (image: string) => Promise<string | undefined>
  /** When each service is looked at next. Follows from the world, so it is not part of it. */
  readonly wakes: Map<string, { readonly at: number; readonly cancel: () => void }>
  /** Health checks that have been asked and not answered: task id and port. */
  readonly probing: Set<string>
  /** Set by `close`: nothing is started or looked at any more. */
  closed: boolean
  /** Looks at one service and does what is due. */
  readonly reconcile: (serviceArn: string) => void
  /** Forgets all timers and closes the runtime, and with it every task. */
  close(): Promise<void>
}
