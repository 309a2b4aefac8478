import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import { environmentWorkflowId } from '../contract/messages.ts'
import type { AbortOptions } from './temporal/abort.ts'
import { callTemporal, explainingErrors } from './temporal/call.ts'
import { UserError } from './user-error.ts'

/** Temporal's numbers of the two types of task queue (temporal.api.enums.v1.TaskQueueType). */
const taskQueueTypes = { workflow: 1, activity: 2 } as const

/**
 * A worker polls at least once a minute and is listed for five; one that has been silent for longer
 * than a poll takes has gone.
 */
const silentMs = 90_000

/**
 * Checks that workers poll the task queues before work is requested: without one, a request would
 * only hang.
 *
 * @throws UserError that says which worker is missing and how to start it
 */
export async function requireWorkers(
  client: Client,
  taskQueues: { readonly release: string; readonly builder?: string },
  options: AbortOptions = {},
): Promise<void> {
  await explainingErrors(options, async () => {
    const { release, builder } = taskQueues
    if (!(await hasWorker(client, release, 'workflow', options))) {
      throw missing(release, 'runs releases', 'slipway worker')
    }
    if (builder !== undefined && !(await hasWorker(client, builder, 'activity', options))) {
      throw missing(builder, 'builds images', 'slipway worker --queues builder')
    }
  })
}

/**
 * Checks that a worker runs the environment workflow. It runs on the release task queue of its last
 * request, and moves to another one with the first request that names it; but a worker of the old
 * one must admit that request.
 *
 * @throws UserError if no worker polls the task queue of the environment workflow
 */
export async function requireEnvironmentWorker(
  client: Client,
  { environment, taskQueues }: Pick<EnvironmentSpec, 'environment' | 'taskQueues'>,
  options: AbortOptions = {},
): Promise<void> {
  const id = environmentWorkflowId(environment)
  const current = await explainingErrors(options, () => taskQueueOf(client, id, options))
  if (current === undefined || current === taskQueues.release) return
  if (await explainingErrors(options, () => hasWorker(client, current, 'workflow', options))) return
  throw new UserError(
    `${id} runs on the task queue "${current}", which no worker serves, and slipway.yaml now says "${taskQueues.release}". ` +
      `Start a worker for "${current}" once more ("taskQueues.release" as it was): the next request moves the environment to "${taskQueues.release}".`,
  )
}

/** The task queue of a running workflow. */
async function taskQueueOf(
  client: Client,
  id: string,
  options: AbortOptions,
): Promise<string | undefined> {
  try {
    const { status, taskQueue } = await callTemporal(client, options, () =>
      client.workflow.getHandle(id).describe(),
    )
    return status.name === 'RUNNING' ? taskQueue : undefined
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

async function hasWorker(
  client: Client,
  taskQueue: string,
  type: keyof typeof taskQueueTypes,
  options: AbortOptions,
): Promise<boolean> {
  const { pollers } = await callTemporal(client, options, () =>
    client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: taskQueueTypes[type],
    }),
  )
  return (pollers ?? []).some(({ lastAccessTime }) => {
    const seconds = lastAccessTime?.seconds
    return (
      seconds === undefined || seconds === null || Date.now() - Number(seconds) * 1_000 < silentMs
    )
  })
}

function missing(taskQueue: string, does: string, command: string): UserError {
  return new UserError(
    `No worker that ${does} serves the task queue "${taskQueue}", so nothing would happen. Start one: ${command}`,
  )
}
