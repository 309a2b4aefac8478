/**
 * The worker as a library, for a program that serves the task queues itself:
 *
 * ```ts
 * import { runWorker } from 'slipway-worker'
 *
 * await runWorker({ roles: ['builder'], maxBuilds: 2 })
 * ```
 */
export {
  defaultWorkerOptions,
  workerRoles,
  type WorkerOptions,
  type WorkerRole,
} from './options.ts'
export { runWorker, type RunWorkerOptions } from './run.ts'
