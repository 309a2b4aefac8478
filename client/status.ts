import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import type { EnvironmentStatus } from '../contract/environment.ts'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import * as messages from '../contract/messages.ts'
import type { ReleaseStatus } from '../contract/releases.ts'
import { type AbortOptions, abortable } from './temporal/abort.ts'
import { callTemporal, explainingErrors } from './temporal/call.ts'
import { errorMessage } from './temporal/error-message.ts'
import { asUserError } from './temporal/errors.ts'
import { isOutage, isWithoutWorker } from './temporal/grpc-status.ts'
import { UserError } from './user-error.ts'
import { requireWorkers } from './workers.ts'

/** Longer than the 10 s after which the server gives up on the worker that answered last. */
const queryWithinMs = 12_000

/**
 * What is live, running and waiting in an environment, and its last releases. `undefined` if
 * nothing was ever requested of it.
 *
 * @throws UserError if no worker is running: only a worker can answer
 */
export async function environmentStatus(
  client: Client,
  spec: Pick<EnvironmentSpec, 'environment'>,
  options: AbortOptions = {},
): Promise<EnvironmentStatus | undefined> {
  const handle = client.workflow.getHandle(messages.environmentWorkflowId(spec.environment))
  try {
    const { taskQueue } = await explainingErrors(options, () =>
      callTemporal(client, options, () => handle.describe()),
    )
    await requireWorkers(client, { release: taskQueue }, options)
    return await query(client, taskQueue, options, () => handle.query(messages.environmentStatus))
  } catch (error) {
    if (error instanceof UserError && error.cause instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

/**
 * A query waits for a worker. One that has just stopped is still listed as polling its task queue,
 * so only silence shows that it has gone.
 */
async function query<T>(
  client: Client,
  taskQueue: string,
  { signal }: AbortOptions,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await callTemporal(client, { signal, withinMs: queryWithinMs }, call)
  } catch (error) {
    signal?.throwIfAborted()
    if (!isOutage(error) && !isWithoutWorker(error)) throw asUserError(error)
    if (isStuck(error)) throw stuck(error)
    throw new UserError(
      `No worker answered on the task queue "${taskQueue}" within ${queryWithinMs / 1_000} s. Check that one is running, or start one: slipway worker`,
      { cause: error },
    )
  }
}

/** The steps of a running release; `undefined` if it does not answer: it may have just ended. */
export async function currentReleaseStatus(
  client: Client,
  id: string,
  { signal }: AbortOptions = {},
): Promise<ReleaseStatus | undefined> {
  try {
    return await abortable(client, signal, () =>
      client.withDeadline(Date.now() + queryWithinMs, () =>
        client.workflow.getHandle(id).query(messages.releaseStatus),
      ),
    )
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}

/** The status of an environment that nothing was ever requested of. */
export function untouchedEnvironment(environment: string, project: string): EnvironmentStatus {
  return { environment, project, waiting: [], superseded: [], controls: [], releases: [] }
}

/** The server's answer to a query of a workflow whose code fails in the worker, again and again. */
function isStuck(error: unknown): boolean {
  return /workflow task in failed state/i.test(errorMessage(error))
}

function stuck(cause: unknown): UserError {
  return new UserError(
    `The worker cannot continue the workflow of the environment (${errorMessage(cause)}). Expected a worker that knows how it went on so far. See in its log why, and start the version that ran last or a newer one; nothing is lost meanwhile.`,
    { cause },
  )
}
