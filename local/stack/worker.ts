import { readFile, rm } from 'node:fs/promises'
import { startChild, type Child } from '../process/child.ts'
import { until } from '../process/until.ts'
import { findPrograms } from '../programs.ts'

/**
 * Starts a worker as a process of its own, and waits until it serves its task queues.
 *
 * @param options.env all of its environment: where Temporal, AWS and the engine are
 * @param options.mainFile the worker's main module. Default: see {@link findPrograms}
 */
export async function startWorker(options: {
  env: Readonly<Record<string, string>>
  logFile: string
  mainFile?: string
}): Promise<Child> {
  const { env, logFile, mainFile = findPrograms().worker } = options
  // An earlier worker's log says that it is ready, too.
  await rm(logFile, { force: true })
  const child = await startChild({
    name: 'the worker',
    file: process.execPath,
    args: [mainFile],
    logFile,
    env,
  })
  try {
    await until(async () => (await readFile(logFile, 'utf8')).includes('The worker serves'), {
      what: `the worker to serve its task queues (its log: ${logFile})`,
      timeoutMs: 60_000,
      failed: child.failed,
    })
  } catch (error) {
    await child.stop()
    throw error
  }
  return child
}
