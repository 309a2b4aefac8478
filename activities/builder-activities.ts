import { log } from '@temporalio/activity'
import type { BuilderActivities } from '../contract/activities.ts'
import { awsClientsByEnvironment, type AwsClientsFor } from './aws/clients.ts'
import { buildImage } from './image/build.ts'
import { cleanUp } from './clean-up.ts'
import { runChecks } from './image/checks.ts'
import { detectEngine } from './image/engine.ts'
import { pushImage } from './image/push.ts'
import { findBranch } from './source/branch.ts'
import { defaultCacheDir } from './cache/cache-dir.ts'
import { checkOut, discard } from './source/checkout.ts'
import type { IsRunning } from './source/left-behind.ts'
import { withHeartbeat } from './temporal/heartbeat.ts'

export interface BuilderActivitiesOptions {
  /** The task queue of this host alone: later steps run on it, to share the checkout of the first. */
  readonly hostQueue: string
  /** Folder of clones and worktrees. Default: {@link defaultCacheDir}. */
  readonly cacheDir?: string
  readonly clientsFor?: AwsClientsFor
  /**
   * Whether Temporal knows a release that has not ended. With it, each release also removes what
   * others have left behind in the cache. Default: none does.
   */
  readonly isRunning?: IsRunning
  /** The container engine's program. Default: `SLIPWAY_DOCKER`, else `docker`. */
  readonly engine?: string
}

/** The activities of a builder task queue. A worker that serves them needs git, an engine and ECR. */
export function createBuilderActivities(options: BuilderActivitiesOptions): BuilderActivities {
  const {
    hostQueue,
    cacheDir = defaultCacheDir(),
    clientsFor = awsClientsByEnvironment(),
  } = options
  const engine = () => detectEngine(options.engine)
  return {
    async prepareSource(source) {
      await engine()
      const { subject } = await withHeartbeat(() => checkOut(cacheDir, source))
      return { hostQueue, subject }
    },
    findBranch: (input) => withHeartbeat(() => findBranch(cacheDir, input)),
    async runChecks({ source, spec }) {
      const { path } = await withHeartbeat(() => checkOut(cacheDir, source))
      await runChecks(path, spec)
    },
    async buildImage(input) {
      const clients = clientsFor(input.spec.aws)
      const { path } = await withHeartbeat(() => checkOut(cacheDir, input.source))
      const build = { ...input, path, cacheDir, engine: await engine() }
      await withHeartbeat(() => buildImage(clients, build))
    },
    async pushImage(input) {
      const clients = clientsFor(input.spec.aws)
      const push = { ...input, cacheDir, engine: await engine() }
      return await withHeartbeat(() => pushImage(clients, push))
    },
    discardSource: (source) =>
      withHeartbeat(async () => {
        await discard(cacheDir, source)
        if (options.isRunning === undefined) return
        const { isRunning } = options
        await cleanUp(cacheDir, isRunning).catch((error: unknown) =>
          log.warn('The cache could not be cleaned up', { error }),
        )
      }),
  }
}
