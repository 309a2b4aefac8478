import type { Clock, TaskRuntime } from '../runtime/types.ts'
import type { Engine } from './engine.ts'
import { reconcile } from './rollouts/reconcile.ts'
import { resume } from './resume.ts'
import { awsTimings, fastTimings, type Timings } from './timings.ts'
import { emptyEngineState, engineStateFrom, type EngineState } from './engine-state.ts'

export interface EngineOptions {
  readonly clock: Clock
  readonly runtime: TaskRuntime
  /** Twelve digits. Default `000000000000`. */
  readonly account?: string
  /** Default `us-east-1`. */
  readonly region?: string
  /** `aws` (the default) takes as long as AWS does, `fast` as little as keeps the order of things. */
  readonly timings?: 'aws' | 'fast' | Timings
  /** A world to go on from, kept from an earlier engine: its own is a copy. Tasks that ran then are gone. */
  readonly state?: EngineState
  /**
   * Asked for an image's digest where the runtime could not tell it after the pull. Gives
   * `undefined` where nobody knows; the task then has no `imageDigest`. May reject: same.
   */
  readonly resolveDigest?: (image: string) => Promise<string | undefined>
}

/** Makes the engine. With no world to go on from it is empty: clusters and services come by its operations. */
export function createEngine(options: EngineOptions): Engine {
  const timings = options.timings ?? 'aws'
  const wakes: Engine['wakes'] = new Map()
  const engine: Engine = {
    state: options.state === undefined ? emptyEngineState() : engineStateFrom(options.state),
    clock: options.clock,
    runtime: options.runtime,
    account: options.account ?? '000000000000',
    region: options.region ?? 'us-east-1',
    timings: timings === 'aws' ? awsTimings : timings === 'fast' ? fastTimings : timings,
    ...(options.resolveDigest && { resolveDigest: options.resolveDigest }),
    wakes,
    probing: new Set(),
    closed: false,
    reconcile: (serviceArn) => {
      reconcile(engine, serviceArn)
    },
    async close() {
      engine.closed = true
      for (const { cancel } of wakes.values()) cancel()
      wakes.clear()
      await options.runtime.close()
    },
  }
  resume(engine)
  return engine
}
