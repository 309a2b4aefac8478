import { hostname } from 'node:os'

/** What one worker process serves, and how much of it at once. */
export interface WorkerOptions {
  /** Task queue of workflows and AWS activities. */
  readonly releaseQueue: string
  /** Task queue on which any builder is found. */
  readonly builderQueue: string
  /** `release`: workflows and AWS. `builder`: source, checks, builds and pushes. */
  readonly roles: readonly WorkerRole[]
  /**
   * What this builder is called. Its steps of one release share a checkout and an engine, so they
   * run on a queue of this name's own; two builders with one engine each need two names.
   */
  readonly builderName: string
  /** Builds, pushes and checks at once on this host. An engine seldom gains from more than 4. */
  readonly maxBuilds: number
  /**
   * A checkout on this host that has the source of one commit: taken instead of the repository that
   * a release names, which this host may not be able to read.
   */
  readonly checkout?: { readonly path: string; readonly commit: string }
  /** How long a worker that is asked to stop lets what runs go on, in milliseconds. */
  readonly shutdownGraceMs: number
}

export type WorkerRole = 'release' | 'builder'

export const workerRoles: readonly WorkerRole[] = ['release', 'builder']

export const defaultWorkerOptions: WorkerOptions = {
  releaseQueue: 'slipway',
  builderQueue: 'slipway-builder',
  roles: workerRoles,
  builderName: process.env['SLIPWAY_BUILDER_NAME'] ?? hostname(),
  maxBuilds: 4,
  // Below the 30 s after which ECS and Docker Compose kill a container that was asked to stop.
  shutdownGraceMs: 10_000,
}

/** The queue of one builder host. */
export function hostQueueOf(options: WorkerOptions): string {
  return `${options.builderQueue}@${options.builderName}`
}
