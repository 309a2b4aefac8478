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
  /** `aws` (the default) takes as long as AWS; `fast` is as short as the order of events allows. */
  readonly timings?: 'aws' | 'fast' | Timings
  /** The saved state of an earlier engine, which is copied. Tasks that ran then count as lost. */
  readonly state?: EngineState
  /**
   * Resolves an image's digest if the runtime did not report it after the pull. If it returns
   * `undefined` or rejects, the task has no `imageDigest`.
   */
  readonly resolveDigest?: (image: string) => Promise<string | undefined>
}

/**
 * Creates an engine. Without a saved state it is empty: its operations create clusters and
 * services.
 */
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
