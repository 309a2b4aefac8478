import { loadClientConnectConfig } from '@temporalio/envconfig'
import { NativeConnection, Runtime, Worker } from '@temporalio/worker'
import {
  activityInterceptors,
  cleanUp,
  defaultCacheDir,
  workerShutdown,
  type IsRunning,
} from '../activities/index.ts'
import { askTemporal } from './is-running.ts'
import { defaultWorkerOptions, type WorkerOptions } from './options.ts'
import { installRuntime } from './runtime.ts'
import { checkSearchAttributes } from './search-attributes.ts'
import { servedTaskQueues } from './task-queues.ts'

export interface RunWorkerOptions extends Partial<WorkerOptions> {
  /** Shuts the worker down. Default: SIGINT and SIGTERM do; a second one ends the process at once. */
  readonly stop?: AbortSignal
  /** Called once the worker polls its task queues. */
  readonly onReady?: () => void
  /** Takes each line of the log. Default: Temporal's SDK writes its log to standard error. */
  readonly onLog?: (line: string) => void
}

/**
 * Serves the task queues until SIGINT, SIGTERM or `stop`, then lets running activities continue for
 * `shutdownGraceMs`. The next worker resumes what is cut short.
 *
 * Temporal's own environment variables and profiles say where it is; credentials for AWS come from
 * the AWS SDK's own chain.
 *
 * @throws Error when the server cannot be reached or lacks the search attributes, or when both roles
 *   have the same task queue
 */
export async function runWorker(given: RunWorkerOptions = {}): Promise<void> {
  const { onReady, stop = stopSignal(), onLog, ...rest } = given
  const options: WorkerOptions = { ...defaultWorkerOptions, ...rest }
  checkTaskQueues(options)
  installRuntime({ ...(onLog && { onLog }) })
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig()
  const connection = await NativeConnection.connect(connectionOptions)
  try {
    await checkSearchAttributes(connection, namespace)
    const shutdown = new AbortController()
    const isRunning = askTemporal(connection, namespace)
    if (options.roles.includes('builder')) await cleanUpCache(isRunning)
    const taskQueues = await servedTaskQueues(options, { isRunning, shutdown: shutdown.signal })
    const workers = await allOrNone(
      taskQueues.map((taskQueue) =>
        Worker.create({
          connection,
          namespace,
          shutdownGraceTime: options.shutdownGraceMs,
          shutdownForceTime: options.shutdownGraceMs + 5_000,
          // People watch the progress of a wait. The default would show it every 12 s.
          maxHeartbeatThrottleInterval: '3s',
          interceptors: { activity: [activityInterceptors] },
          ...taskQueue,
        }),
      ),
    )
    await runTogether(workers, { stop, shutdown, ...(onReady && { onReady }) })
  } finally {
    await connection.close()
  }
}

/** Removes what builders that were killed have left on this host. A builder works without it. */
async function cleanUpCache(isRunning: IsRunning): Promise<void> {
  const { logger } = Runtime.instance()
  try {
    const removed = await cleanUp(defaultCacheDir(), isRunning)
    for (const name of removed) logger.info(`Removed the ${name}, which was left behind`)
  } catch (error) {
    logger.warn(`The cache ${defaultCacheDir()} could not be cleaned up: ${String(error)}`)
  }
}

/** Aborted by the first SIGINT or SIGTERM; the next one ends the process at once. */
function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  return stop.signal
}

/** On a shared task queue, each role would get work that only the other can do. */
function checkTaskQueues({ taskQueues: { release, builder } }: WorkerOptions): void {
  if (release !== builder) return
  throw new Error(
    `Releases and builders have the same task queue, "${release}", and each needs one of its own. Change one of the two under "taskQueues" in slipway.yaml.`,
  )
}

/** A worker that is left over would keep the connection, and with it the process, open. */
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

/** Runs until all have stopped. When one fails, the others shut down in good order. */
async function runTogether(
  workers: readonly Worker[],
  how: {
    readonly stop: AbortSignal
    readonly shutdown: AbortController
    readonly onReady?: () => void
  },
): Promise<void> {
  const { stop, shutdown, onReady } = how
  const runs = workers.map((worker) => worker.run())
  const shutDown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
    // After the workers: an activity that gave up earlier might be offered to them again.
    if (!shutdown.signal.aborted) shutdown.abort(workerShutdown())
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
