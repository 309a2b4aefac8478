import { awaitCredentials } from './deploy/await-credentials.ts'
import { awsClientsByEnvironment, type AwsClientsFor } from './aws/clients.ts'
import { deregisterRevisions } from './revisions/deregister.ts'
import { endWithLogs } from './deploy/failure-evidence.ts'
import { withHeartbeat } from './temporal/heartbeat.ts'
import { findImages } from './image/find-images.ts'
import { rejectWhileFrozen } from './inspect/freeze.ts'
import { inspectEnvironment } from './inspect/inspect.ts'
import { defaultPace, type Pace } from './deploy/pace.ts'
import { notify } from './notifications/notify.ts'
import { planRelease } from './inspect/plan.ts'
import { registerRevisions } from './revisions/register.ts'
import { resolveRollback } from './revisions/resolve-rollback.ts'
import { listRevisions } from './revisions/list-revisions.ts'
import { rollBackService } from './deploy/roll-back.ts'
import { moveTags } from './image/move-tags.ts'
import type { ReleaseActivities } from '../contract/activities.ts'
import { updateService } from './deploy/update-service.ts'
import { verifyRelease } from './deploy/verify.ts'
import { waitForRollout } from './deploy/wait.ts'

export interface ReleaseActivitiesOptions {
  /** Default: clients configured by the AWS SDK's own rules, cached by region and profile. */
  readonly clientsFor?: AwsClientsFor
  /** How often a rollout is polled. Default: from every 0.25 s near its expected end to every 10 s. */
  readonly pace?: Pace
  /**
   * Ends waiting activities when the worker is asked to stop, so that the next worker continues them
   * at once. Its reason is `workerShutdown()`. Default: they wait until the worker's grace time is up.
   */
  readonly shutdownSignal?: AbortSignal
}

/** The activities of the release task queue. A worker that serves them needs only AWS. */
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
