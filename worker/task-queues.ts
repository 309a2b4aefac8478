import type { WorkerOptions as SdkOptions } from '@temporalio/worker'
import {
  createBuilderActivities,
  createReleaseActivities,
  type IsRunning,
} from '../activities/index.ts'
import type { BuilderActivities } from '../contract/activities.ts'
import type { SourceRef } from '../contract/activity-types.ts'
import type { WorkerOptions } from './options.ts'
import { useCheckout } from './use-checkout.ts'
import { workflowBundle } from './workflow-bundle.ts'

/** What Temporal's SDK is given to serve one task queue. */
export type ServedTaskQueue = Partial<SdkOptions> & { readonly taskQueue: string }

/**
 * The task queues of a worker's roles, with what runs on each.
 *
 * @param using `shutdown` is aborted once the worker shuts down, which ends waits for rollouts
 */
export async function servedTaskQueues(
  options: WorkerOptions,
  using: { readonly shutdown: AbortSignal; readonly isRunning: IsRunning },
): Promise<readonly ServedTaskQueue[]> {
  const release = options.roles.includes('release')
    ? [await releaseTaskQueue(options, using.shutdown)]
    : []
  const builder = options.roles.includes('builder')
    ? builderTaskQueues(options, using.isRunning)
    : []
  return [...release, ...builder]
}

async function releaseTaskQueue(
  { taskQueues }: WorkerOptions,
  shutdownSignal: AbortSignal,
): Promise<ServedTaskQueue> {
  return {
    taskQueue: taskQueues.release,
    workflowBundle: await workflowBundle(),
    activities: { ...createReleaseActivities({ shutdownSignal }) },
    // A waiting release keeps an activity open but costs next to nothing.
    maxConcurrentActivityTaskExecutions: 2_000,
  }
}

/** The shared task queue, on which a release finds a builder, and the one of this host. */
function builderTaskQueues(
  options: WorkerOptions,
  isRunning: IsRunning,
): readonly ServedTaskQueue[] {
  const { taskQueues, builderName, checkout, maxBuilds } = options
  const hostQueue = `${taskQueues.builder}@${builderName}`
  const activities = useCheckout(createBuilderActivities({ hostQueue, isRunning }), checkout)
  const maxConcurrentActivityTaskExecutions = maxBuilds
  return [
    {
      taskQueue: taskQueues.builder,
      activities: {
        prepareSource: (input: SourceRef) => activities.prepareSource(input),
        findBranch: (input: Parameters<BuilderActivities['findBranch']>[0]) =>
          activities.findBranch(input),
      },
      maxConcurrentActivityTaskExecutions,
    },
    { taskQueue: hostQueue, activities: { ...activities }, maxConcurrentActivityTaskExecutions },
  ]
}
