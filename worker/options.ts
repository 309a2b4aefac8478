import { hostname } from 'node:os'
import type { TaskQueues } from '../contract/environment-spec.ts'

/** What one worker process serves, and how much of it at once. */
export interface WorkerOptions {
  /**
   * `release`: the task queue of workflows and AWS activities. `builder`: the one that all builders
   * share. Default: `slipway` and `slipway-builder`, as in a `slipway.yaml` without `taskQueues`.
   */
  readonly taskQueues: Pick<TaskQueues, 'release' | 'builder'>
  /** `release`: workflows and AWS. `builder`: source, checks, builds and pushes. Default: both. */
  readonly roles: readonly WorkerRole[]
  /**
   * Name of this builder. The steps of one release share a checkout and an engine, so they run on a
   * task queue of this name; two builders with one engine each need two names. Default:
   * `SLIPWAY_BUILDER_NAME`, else the host's name.
   */
  readonly builderName: string
  /**
   * Builds, pushes and checks at once on this host. Default: 4, beyond which an engine seldom gets
   * faster.
   */
  readonly maxBuilds: number
  /**
   * A checkout on this host that holds the source of one commit. The builder reads that commit from
   * it instead of the release's repository, which this host may not be able to read.
   */
  readonly checkout?: { readonly path: string; readonly commit: string }
  /**
   * How long a worker that shuts down lets running activities continue, in milliseconds.
   * Default: 10,000.
   */
  readonly shutdownGraceMs: number
}

export type WorkerRole = 'release' | 'builder'

export const workerRoles: readonly WorkerRole[] = ['release', 'builder']

export const defaultWorkerOptions: WorkerOptions = {
  taskQueues: { release: 'slipway', builder: 'slipway-builder' },
  roles: workerRoles,
  builderName: process.env['SLIPWAY_BUILDER_NAME'] ?? hostname(),
  maxBuilds: 4,
  // Below the 30 s after which ECS and Docker Compose kill a container that was asked to stop.
  shutdownGraceMs: 10_000,
}
