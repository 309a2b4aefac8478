import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import { environmentWorkflowId } from '../contract/messages.ts'
import { persistently } from './retry-outages.ts'
import { UserError } from './user-error.ts'

/** Temporal's numbers for the two kinds of a task queue. */
const kinds = { workflow: 1, activity: 2 } as const

/**
 * A worker asks for work at least once a minute and is listed for five; one that has been silent
 * for longer than a poll takes is gone.
 */
const silentMs = 90_000

/**
 * Makes sure that somebody will do the work before it is asked for: a request to a queue without
 * a worker would only hang.
 *
 * @throws Refusal that says which worker is missing and how to start one
 */
export async function requireWorkers(
  client: Client,
  queues: { readonly release: string; readonly builder?: string },
): Promise<void> {
  if (!(await hasWorker(client, queues.release, 'workflow'))) {
    throw missing(queues.release, 'runs releases', 'slipway worker')
  }
  if (queues.builder !== undefined && !(await hasWorker(client, queues.builder, 'activity'))) {
    throw missing(queues.builder, 'builds images', 'slipway worker --queues builder')
  }
}

/**
 * Makes sure that the environment itself is served. It lives on the release queue that it was last
 * asked with, and moves to another one with the first request that has it; but somebody must be
 * there to let that request in.
 *
 * @throws Refusal where nobody serves the queue that it lives on
 */
export async function requireEnvironmentWorker(
  client: Client,
  { environment, taskQueues }: Pick<EnvironmentSpec, 'environment' | 'taskQueues'>,
): Promise<void> {
  const id = environmentWorkflowId(environment)
  const lives = await livesOn(client, id)
  if (lives === undefined || lives === taskQueues.release) return
  if (await hasWorker(client, lives, 'workflow')) return
  throw new UserError(
    `${id} lives on the task queue "${lives}", which nobody serves, and slipway.yaml now says "${taskQueues.release}". ` +
      `Start a worker for "${lives}" once more ("taskQueues.release" as it was): the next request moves the environment to "${taskQueues.release}".`,
  )
}

/** The task queue of a workflow that runs. */
async function livesOn(client: Client, id: string): Promise<string | undefined> {
  try {
    const { status, taskQueue } = await persistently(() => client.workflow.getHandle(id).describe())
    return status.name === 'RUNNING' ? taskQueue : undefined
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

async function hasWorker(
  client: Client,
  queue: string,
  kind: keyof typeof kinds,
): Promise<boolean> {
  const { pollers } = await persistently(() =>
    client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: queue },
      taskQueueType: kinds[kind],
    }),
  )
  return (pollers ?? []).some(({ lastAccessTime }) => {
    const seconds = lastAccessTime?.seconds
    return (
      seconds === undefined || seconds === null || Date.now() - Number(seconds) * 1_000 < silentMs
    )
  })
}

function missing(queue: string, does: string, command: string): UserError {
  return new UserError(
    `No worker that ${does} serves the task queue "${queue}", so nothing would happen. Start one: ${command}`,
  )
}
