import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { TaskQueues, EnvironmentSpec } from '../contract/environment-spec.ts'
import type { WorkerOptions } from '../worker/options.ts'
import { errorMessage } from '../client/index.ts'
import { note } from './output.ts'
import { UserError } from '../client/user-error.ts'
import type { Source } from '../client/index.ts'
import { plain } from '../text/plain.ts'

/** What a command does itself while it waits, beside asking. */
export type EmbeddedRole = 'build' | 'worker'

/**
 * A builder that lives as long as a command. It polls without a pause, so a step that nobody takes
 * up for this long is one that nobody is there for; a cut connection may well take some seconds.
 */
const builderGoneMs = 30_000

/** A command that is stopped has little time: a CI runner kills it after ten seconds. */
const shutdownGraceMs = 1_000

/**
 * The queues of a release that a command builds for. The builder's is named for the commit, not for
 * the command: where the same commit is asked for again, the command that joins serves it, too, and
 * takes over when the first one dies.
 */
export function embeddedTaskQueues(
  spec: EnvironmentSpec,
  commit: string,
  here: EmbeddedRole,
): TaskQueues {
  const { taskQueues, environment } = spec
  if (here === 'worker') return taskQueues
  const builder = `slipway-builder-here/${environment}/${commit}`
  return { release: taskQueues.release, builder, builderGoneMs }
}

/**
 * Does some work with a worker in this process: a builder on the queues of {@link embeddedTaskQueues}, or
 * one that serves everything. It is there before the work begins, and gone when it has ended.
 *
 * @throws Refusal where it does not start: no engine of Temporal for this machine, or no search
 *   attributes
 */
export async function withEmbeddedWorker<T>(
  here: EmbeddedRole,
  spec: EnvironmentSpec,
  source: Source,
  work: () => Promise<T>,
): Promise<T> {
  const { runWorker } = await import('../worker/run.ts')
  const stop = new AbortController()
  const ready = Promise.withResolvers<void>()
  const serving = runWorker({
    ...workerOptions(here, spec, source),
    stop: stop.signal,
    onReady: ready.resolve,
    onLog: (line) => note(line.split('\n').map(plain).join('\n')),
  })
  try {
    await Promise.race([ready.promise, serving])
  } catch (error) {
    throw new UserError(
      `The ${here === 'build' ? 'builder' : 'worker'} did not start here: ${errorMessage(error)}`,
      { cause: error },
    )
  }
  try {
    // It only ends by itself when it breaks; then nobody would do what is waited for.
    return await Promise.race([work(), serving.then(brokenOff)])
  } finally {
    stop.abort()
    await serving.catch(() => {})
  }
}

function brokenOff(): never {
  throw new UserError('The worker in this command has stopped, and so has what it was doing.')
}

function workerOptions(
  here: EmbeddedRole,
  spec: EnvironmentSpec,
  source: Source,
): Partial<WorkerOptions> {
  const { taskQueues, images } = spec
  const unique = randomUUID().slice(0, 8)
  return {
    roles: here === 'build' ? ['builder'] : ['release', 'builder'],
    releaseQueue: taskQueues.release,
    builderQueue: taskQueues.builder,
    // Nobody else has the checkout of this process, and no next one on this host is this one.
    builderName: `${hostname()}-${unique}`,
    // Waiting for a free place would look as if nobody were there.
    maxBuilds: Math.max(4, images.length),
    checkout: { path: source.checkout, commit: source.commit },
    shutdownGraceMs,
  }
}

/** What becomes of a release whose command stops to wait for it. */
export const afterInterrupt: Readonly<Record<EmbeddedRole, string>> = {
  build:
    'It goes on where its images are pushed already. Else nobody builds them: it ends as rejected within minutes, and touches nothing.',
  worker: 'It goes on as soon as a worker runs: slipway worker, or another command --worker-here',
}
