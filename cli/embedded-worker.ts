import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { TaskQueues, EnvironmentSpec } from '../contract/environment-spec.ts'
import type { RunWorkerOptions } from '../worker/index.ts'
import { errorMessage, type Source } from '../client/index.ts'
import { loadPackage } from './optional-package.ts'
import { note } from './output.ts'
import { UserError } from '../client/user-error.ts'
import { plain } from '../text/plain.ts'

/** What a command does itself while it waits: build the images, or all that a worker does. */
export type EmbeddedRole = 'build' | 'worker'

/**
 * How long a step may wait for the builder of a command before that builder counts as gone. It polls
 * all the time, so a step waits this long only where the command has ended; a connection that is cut
 * may take some seconds.
 */
const builderGoneMs = 30_000

/** A command that is stopped has little time: a CI runner kills it after ten seconds. */
const shutdownGraceMs = 1_000

/**
 * The task queues of a release that a command builds for. The builder's is named for the commit and
 * not for the command: a second command for the same commit serves it as well, and takes over when
 * the first one dies.
 */
export function embeddedTaskQueues(
  spec: EnvironmentSpec,
  commit: string,
  role: EmbeddedRole,
): TaskQueues {
  const { taskQueues, environment } = spec
  if (role === 'worker') return taskQueues
  const builder = `slipway-builder-here/${environment}/${commit}`
  return { release: taskQueues.release, builder, builderGoneMs }
}

/**
 * Does some work while a worker runs in this process: a builder on {@link embeddedTaskQueues}, or a
 * worker that serves everything. It is ready before the work begins, and stopped when it has ended.
 *
 * @throws UserError where the worker does not start: its package is missing, Temporal has no native
 *   library for this machine, or the search attributes are missing
 */
export async function withEmbeddedWorker<T>(
  role: EmbeddedRole,
  spec: EnvironmentSpec,
  source: Source,
  work: () => Promise<T>,
): Promise<T> {
  const { runWorker } = await loadPackage('slipway-worker')
  const stop = new AbortController()
  const ready = Promise.withResolvers<void>()
  const serving = runWorker({
    ...workerOptions(role, spec, source),
    stop: stop.signal,
    onReady: ready.resolve,
    onLog: (line) => note(line.split('\n').map(plain).join('\n')),
  })
  try {
    await Promise.race([ready.promise, serving])
  } catch (error) {
    throw new UserError(
      `The ${role === 'build' ? 'builder' : 'worker'} did not start here: ${errorMessage(error)}`,
      { cause: error },
    )
  }
  try {
    // Without `stop` the worker ends only when it breaks, and then the work would wait for ever.
    return await Promise.race([work(), serving.then(workerEnded)])
  } finally {
    stop.abort()
    await serving.catch(() => {})
  }
}

function workerEnded(): never {
  throw new UserError('The worker in this command has stopped, and so has what it was doing.')
}

function workerOptions(
  role: EmbeddedRole,
  spec: EnvironmentSpec,
  source: Source,
): RunWorkerOptions {
  const { taskQueues, images } = spec
  const unique = randomUUID().slice(0, 8)
  return {
    roles: role === 'build' ? ['builder'] : ['release', 'builder'],
    taskQueues,
    // Only this process has its checkout: the next one on this host is another builder.
    builderName: `${hostname()}-${unique}`,
    // A step that waits for a free slot would look as if the builder were gone.
    maxBuilds: Math.max(4, images.length),
    checkout: { path: source.checkout, commit: source.commit },
    shutdownGraceMs,
  }
}

/** What happens to a release whose command stops waiting for it. */
export const afterInterrupt: Readonly<Record<EmbeddedRole, string>> = {
  build:
    'It continues if its images are already pushed. If not, nobody builds them: it ends as rejected within minutes, and nothing is touched.',
  worker:
    'It continues as soon as a worker runs: slipway worker, or another command with --worker-here',
}
