import { awaitCredentials } from './deploy/await-credentials.ts'
import { awsClientsByEnvironment, type AwsClientsFor } from './aws/clients.ts'
import { findBranch } from './source/branch.ts'
import { buildImage } from './image/build.ts'
import { defaultCacheDir } from './source/cache-dir.ts'
import { runChecks } from './image/checks.ts'
import { deregisterRevisions } from './revisions/deregister.ts'
import { detectEngine } from './image/engine.ts'
import { endWithLogs } from './deploy/failure-evidence.ts'
import { withHeartbeat } from './temporal/heartbeat.ts'
import { findImages } from './image/find-images.ts'
import { rejectWhileFrozen } from './inspect/freeze.ts'
import { inspectEnvironment } from './inspect/inspect.ts'
import { defaultPace, type Pace } from './deploy/pace.ts'
import { notify } from './notifications/notify.ts'
import { planRelease } from './inspect/plan.ts'
import { pushImage } from './image/push.ts'
import { registerRevisions } from './revisions/register.ts'
import { resolveRollback } from './revisions/resolve-rollback.ts'
import { listRevisions } from './revisions/list-revisions.ts'
import { rollBackService } from './deploy/roll-back.ts'
import { checkOut, discard } from './source/checkout.ts'
import { moveTags } from './image/move-tags.ts'
import type { BuilderActivities, ReleaseActivities } from '../contract/activities.ts'
import { updateService } from './deploy/update-service.ts'
import { verifyRelease } from './deploy/verify.ts'
import { waitForRollout } from './deploy/wait.ts'

export { awsClientsByEnvironment, type AwsClients, type AwsClientsFor } from './aws/clients.ts'
export { defaultCacheDir } from './source/cache-dir.ts'
export { detectEngine, type ContainerEngine } from './image/engine.ts'
export { activityInterceptors } from './aws/error-interceptor.ts'
export { workerShutdown } from './temporal/worker-shutdown.ts'
export { defaultPace, type Pace } from './deploy/pace.ts'

export interface ReleaseActivitiesOptions {
  /** Default: clients with the AWS SDK's own configuration, cached by region and profile. */
  readonly clientsFor?: AwsClientsFor
  /** How often a rollout is looked at. Default: four times a second while an end is due, else each 10 s at most. */
  readonly pace?: Pace
  /**
   * Ends the waits once the worker is asked to stop, so that the next one takes them up at once; its
   * reason is {@link workerLeaves}. Default: they go on for as long as the worker lets them.
   */
  readonly shutdownSignal?: AbortSignal
}

/** The activities of the release queue. A worker that serves them needs AWS, and nothing else. */
export function createReleaseActivities(options: ReleaseActivitiesOptions = {}): ReleaseActivities {
  const { clientsFor = awsClientsByEnvironment(), pace = defaultPace, shutdownSignal } = options
  return {
    inspectEnvironment: async (input) => {
      if (input.freezes === 'kept') rejectWhileFrozen(input.spec, Date.now())
      return await withHeartbeat(() => inspectEnvironment(clientsFor(input.spec.aws), input))
    },
    findImages: (input) => withHeartbeat(() => findImages(clientsFor(input.spec.aws), input)),
    registerRevisions: (input) =>
      withHeartbeat(() => registerRevisions(clientsFor(input.spec.aws), input)),
    moveTags: (input) => moveTags(clientsFor(input.spec.aws), input),
    updateService: (input) => withHeartbeat(() => updateService(clientsFor(input.spec.aws), input)),
    async waitForRollout(input) {
      const clients = clientsFor(input.spec.aws)
      const end = await waitForRollout(clients, pace, input, shutdownSignal)
      return await endWithLogs(clients, input.spec, end)
    },
    async rollBackService(input) {
      const clients = clientsFor(input.spec.aws)
      const end = await rollBackService(clients, pace, input, shutdownSignal)
      return await endWithLogs(clients, input.spec, end)
    },
    awaitCredentials: (input) =>
      awaitCredentials(clientsFor(input.spec.aws), input, shutdownSignal),
    async verifyRelease(input) {
      const clients = clientsFor(input.spec.aws)
      const end = await verifyRelease(clients, pace, input, shutdownSignal)
      return await endWithLogs(clients, input.spec, end)
    },
    planRelease: (input) => withHeartbeat(() => planRelease(clientsFor(input.spec.aws), input)),
    resolveRollback: (input) =>
      withHeartbeat(() => resolveRollback(clientsFor(input.spec.aws), input)),
    deregisterRevisions: (input) =>
      withHeartbeat(() => deregisterRevisions(clientsFor(input.spec.aws), input)),
    notify: (sending) => notify(sending),
    listRevisions: (input) => withHeartbeat(() => listRevisions(clientsFor(input.spec.aws), input)),
  }
}

export interface BuilderActivitiesOptions {
  /** The task queue that this host alone serves: steps after the first one share its checkout. */
  readonly hostQueue: string
  /** Where clones and worktrees are kept. Default: {@link defaultCacheDir}. */
  readonly cacheDir?: string
  readonly clientsFor?: AwsClientsFor
  /** The container engine's program. Default: `SLIPWAY_DOCKER`, else `docker`. */
  readonly engine?: string
}

/** The activities of a builder queue. A worker that serves them needs git, an engine and ECR. */
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
      const using = { ...input, path, cacheDir, engine: await engine() }
      await withHeartbeat(() => buildImage(clients, using))
    },
    async pushImage(input) {
      const clients = clientsFor(input.spec.aws)
      const using = { ...input, cacheDir, engine: await engine() }
      return await withHeartbeat(() => pushImage(clients, using))
    },
    discardSource: (source) => withHeartbeat(() => discard(cacheDir, source)),
  }
}
