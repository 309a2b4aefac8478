import { awaitCredentials } from './await-credentials.ts'
import { awsClientsByTarget, type AwsClientsFor } from './aws-clients.ts'
import { findBranch } from './branch.ts'
import { buildImage } from './build.ts'
import { defaultCacheDir } from './cache.ts'
import { runChecks } from './checks.ts'
import { deregisterRevisions } from './deregister.ts'
import { detectEngine } from './engine.ts'
import { endWithLogs } from './evidence.ts'
import { beating } from './heartbeat.ts'
import { findImages } from './images.ts'
import { refuseWhileFrozen } from './freeze.ts'
import { inspectEnvironment } from './inspect.ts'
import { defaultPace, type Pace } from './pace.ts'
import { notify } from './notifications/notify.ts'
import { planRelease } from './plan.ts'
import { pushImage } from './push.ts'
import { registerRevisions } from './register.ts'
import { resolveRollback } from './resolve-rollback.ts'
import { listRevisions } from './revisions.ts'
import { rollBackService } from './roll-back.ts'
import { checkOut, discard } from './source.ts'
import { moveTags } from './tags.ts'
import type { BuilderActivities, ReleaseActivities } from './interfaces.ts'
import { updateService } from './update.ts'
import { verifyRelease } from './verify.ts'
import { waitForRollout } from './wait.ts'

export { awsClientsByTarget, type AwsClients, type AwsClientsFor } from './aws-clients.ts'
export { defaultCacheDir } from './cache.ts'
export { detectEngine, type Engine } from './engine.ts'
export { activityInterceptors } from './interceptor.ts'
export { workerLeaves } from './leaving.ts'
export { defaultPace, type Pace } from './pace.ts'

export interface ReleaseActivitiesOptions {
  /** Default: clients with the AWS SDK's own configuration, cached by region and profile. */
  readonly clientsFor?: AwsClientsFor
  /** How often a rollout is looked at. Default: four times a second while an end is due, else each 10 s at most. */
  readonly pace?: Pace
  /**
   * Ends the waits once the worker is asked to stop, so that the next one takes them up at once; its
   * reason is {@link workerLeaves}. Default: they go on for as long as the worker lets them.
   */
  readonly leaving?: AbortSignal
}

/** The activities of the release queue. A worker that serves them needs AWS, and nothing else. */
export function createReleaseActivities(options: ReleaseActivitiesOptions = {}): ReleaseActivities {
  const { clientsFor = awsClientsByTarget(), pace = defaultPace, leaving } = options
  return {
    inspectEnvironment: async (input) => {
      if (input.freezes === 'kept') refuseWhileFrozen(input.target, Date.now())
      return await beating(() => inspectEnvironment(clientsFor(input.target.aws), input))
    },
    findImages: (input) => beating(() => findImages(clientsFor(input.target.aws), input)),
    registerRevisions: (input) =>
      beating(() => registerRevisions(clientsFor(input.target.aws), input)),
    moveTags: (input) => moveTags(clientsFor(input.target.aws), input),
    updateService: (input) => beating(() => updateService(clientsFor(input.target.aws), input)),
    async waitForRollout(input) {
      const clients = clientsFor(input.target.aws)
      const end = await waitForRollout(clients, pace, input, leaving)
      return await endWithLogs(clients, input.target, end)
    },
    async rollBackService(input) {
      const clients = clientsFor(input.target.aws)
      const end = await rollBackService(clients, pace, input, leaving)
      return await endWithLogs(clients, input.target, end)
    },
    awaitCredentials: (input) => awaitCredentials(clientsFor(input.target.aws), input, leaving),
    async verifyRelease(input) {
      const clients = clientsFor(input.target.aws)
      const end = await verifyRelease(clients, pace, input, leaving)
      return await endWithLogs(clients, input.target, end)
    },
    planRelease: (input) => beating(() => planRelease(clientsFor(input.target.aws), input)),
    resolveRollback: (input) => beating(() => resolveRollback(clientsFor(input.target.aws), input)),
    deregisterRevisions: (input) =>
      beating(() => deregisterRevisions(clientsFor(input.target.aws), input)),
    notify: (sending) => notify(sending),
    listRevisions: (input) => beating(() => listRevisions(clientsFor(input.target.aws), input)),
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
  const { hostQueue, cacheDir = defaultCacheDir(), clientsFor = awsClientsByTarget() } = options
  const engine = () => detectEngine(options.engine)
  return {
    async prepareSource(source) {
      await engine()
      const { subject } = await beating(() => checkOut(cacheDir, source))
      return { hostQueue, subject }
    },
    findBranch: (input) => beating(() => findBranch(cacheDir, input)),
    async runChecks({ source, target }) {
      const { path } = await beating(() => checkOut(cacheDir, source))
      await runChecks(path, target)
    },
    async buildImage(input) {
      const clients = clientsFor(input.target.aws)
      const { path } = await beating(() => checkOut(cacheDir, input.source))
      const using = { ...input, path, cacheDir, engine: await engine() }
      await beating(() => buildImage(clients, using))
    },
    async pushImage(input) {
      const clients = clientsFor(input.target.aws)
      const using = { ...input, cacheDir, engine: await engine() }
      return await beating(() => pushImage(clients, using))
    },
    discardSource: (source) => beating(() => discard(cacheDir, source)),
  }
}
