import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { startChild, type Child } from '../process/child.ts'
import { until } from '../process/until.ts'

/**
 * Starts a worker as a process of its own, and waits until it serves its queues.
 *
 * @param options.env all of its environment: where Temporal, AWS and the engine are
 * @param options.mainFile the worker's main module. Default: the one that comes with this one
 */
export async function startWorker(options: {
  env: Readonly<Record<string, string>>
  logFile: string
  mainFile?: string
}): Promise<Child> {
  const { env, logFile, mainFile = ownMainFile() } = options
  // The line that says it is ready must be this worker's own.
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
      what: `the worker to serve its queues (its log: ${logFile})`,
      timeoutMs: 60_000,
      failed: child.failed,
    })
  } catch (error) {
    await child.stop()
    throw error
  }
  return child
}

/** The worker's main module has the same kind of name as this one: `.ts` here, `.js` in a package. */
function ownMainFile(): string {
  const extension = path.extname(import.meta.filename)
  return path.join(import.meta.dirname, '..', '..', 'worker', `main${extension}`)
}
