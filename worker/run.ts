import { NativeConnection, Worker, type WorkerOptions as SdkOptions } from '@temporalio/worker'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import {
  activityInterceptors,
  createBuilderActivities,
  createReleaseActivities,
  workerShutdown,
} from '../activities/index.ts'
import type { BuilderActivities } from '../contract/activities.ts'
import type { SourceRef } from '../contract/activity-types.ts'
import { checkSearchAttributes } from './search-attributes.ts'
import { fromCheckout } from './checkout.ts'
import { defaultWorkerOptions, hostQueueOf, type WorkerOptions } from './options.ts'
import { installRuntime, type Hosting } from './runtime.ts'
import { workflowBundle } from './workflow-bundle.ts'

/**
 * Serves the task queues until the process is asked to stop (SIGINT, SIGTERM) or `stop` says so,
 * then lets what runs come to an end for a while. What is cut short is taken up by the next worker.
 *
 * Where Temporal is comes from its own environment variables and profiles; credentials for AWS
 * come from the AWS SDK's own chain.
 *
 * @throws Error when the server cannot be reached or lacks the search attributes, or when one task
 *   queue is named for both roles.
 */
export async function runWorker(
  given: Partial<WorkerOptions> & Hosting & { readonly onReady?: () => void } = {},
): Promise<void> {
  const { onReady, stop = signalled(), onLog, ...rest } = given
  const options: WorkerOptions = { ...defaultWorkerOptions, ...rest }
  refuseSharedQueue(options)
  installRuntime({ ...(onLog && { onLog }) })
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig()
  const connection = await NativeConnection.connect(connectionOptions)
  try {
    await checkSearchAttributes(connection, namespace)
    const shutdownSignal = new AbortController()
    const queues = await queuesOf(options, shutdownSignal.signal)
    const workers = await allOrNone(
      queues.map((queue) =>
        Worker.create({
          connection,
          namespace,
          shutdownGraceTime: options.shutdownGraceMs,
          shutdownForceTime: options.shutdownGraceMs + 5_000,
          // What a wait sees is looked at by people; left out, it gets there each 12 s.
          maxHeartbeatThrottleInterval: '3s',
          interceptors: { activity: [activityInterceptors] },
          ...queue,
        }),
      ),
    )
    await runTogether(workers, { stop, shutdownSignal, ...(onReady && { onReady }) })
  } finally {
    await connection.close()
  }
}

/** Aborted by the first SIGINT or SIGTERM; the next one ends the process at once. */
function signalled(): AbortSignal {
  const asked = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => asked.abort())
  return asked.signal
}

/** On a queue that both share, each would be given work that only the other can do. */
function refuseSharedQueue({ releaseQueue: release, builderQueue: builder }: WorkerOptions): void {
  if (release !== builder) return
  throw new Error(
    `The task queue "${release}" is named for releases and for builders, and each needs one of its own. Change one of the two under "taskQueues" in slipway.yaml.`,
  )
}

/** A worker that is left behind would hold the connection, and with it the process, open. */
async function allOrNone(creating: readonly Promise<Worker>[]): Promise<readonly Worker[]> {
  const settled = await Promise.allSettled(creating)
  const created = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failed = settled.find((one) => one.status === 'rejected')
  if (failed === undefined) return created
  await Promise.allSettled(
    created.map((worker) => {
      const run = worker.run()
      worker.shutdown()
      return run
    }),
  )
  throw failed.reason
}

type Queue = Partial<SdkOptions> & { readonly taskQueue: string }

async function queuesOf(
  options: WorkerOptions,
  shutdownSignal: AbortSignal,
): Promise<readonly Queue[]> {
  const release = options.roles.includes('release')
    ? [await releaseQueue(options, shutdownSignal)]
    : []
  const builder = options.roles.includes('builder') ? builderQueues(options) : []
  return [...release, ...builder]
}

/** The shared queue, on which a builder is found, and the one of this very host. */
function builderQueues(options: WorkerOptions): readonly Queue[] {
  const hostQueue = hostQueueOf(options)
  const activities = fromCheckout(createBuilderActivities({ hostQueue }), options.checkout)
  const maxConcurrentActivityTaskExecutions = options.maxBuilds
  return [
    {
      taskQueue: options.builderQueue,
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

/** Runs until all have stopped; one that breaks stops the others in good order. */
async function runTogether(
  workers: readonly Worker[],
  how: {
    readonly stop: AbortSignal
    readonly shutdownSignal: AbortController
    readonly onReady?: () => void
  },
): Promise<void> {
  const { stop, shutdownSignal, onReady } = how
  const runs = workers.map((worker) => worker.run())
  const shutDown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
    // Only now: what is given up earlier might be offered to these workers again.
    if (!shutdownSignal.signal.aborted) shutdownSignal.abort(workerShutdown())
  }
  stop.addEventListener('abort', shutDown, { once: true })
  try {
    onReady?.()
    if (stop.aborted) shutDown()
    await Promise.all(runs)
  } finally {
    shutDown()
    await Promise.allSettled(runs)
  }
}

async function releaseQueue(options: WorkerOptions, shutdownSignal: AbortSignal): Promise<Queue> {
  return {
    taskQueue: options.releaseQueue,
    workflowBundle: await workflowBundle(),
    activities: { ...createReleaseActivities({ shutdownSignal }) },
    // A waiting release keeps an activity open but costs next to nothing.
    maxConcurrentActivityTaskExecutions: 2_000,
  }
}
