import type { Task } from '@aws-sdk/client-ecs'
import type { AwsClients } from '../aws/clients.ts'
import { describeTasks, tasksPerPage } from '../ecs/task-pages.ts'
import { createBatcher } from './batcher.ts'
import type { RateLimiter, RequestTiming } from './rate-limiter.ts'

/** Tasks of one cluster, with a cache of what never changes about a task. */
export interface KnownTasks {
  /** A task by ARN. Described once if it has stopped, since a stopped task never changes. */
  describe(arn: string, timing: RequestTiming): Promise<Task | undefined>
  has(arn: string): boolean
  /** `service:<name>` of a task that was described before. */
  groupOf(arn: string): string | undefined
}

const maxKnown = 50_000

export function createKnownTasks(
  clients: AwsClients,
  cluster: string,
  limiter: RateLimiter,
): KnownTasks {
  const known = new Map<string, { readonly group: string; readonly stopped?: Task }>()
  const batcher = createBatcher<Task | undefined>({
    limiter,
    batchSize: () => tasksPerPage,
    async send(arns, signal) {
      const tasks = await describeTasks(clients, cluster, arns, signal)
      const byArn = new Map(tasks.map((task) => [task.taskArn, task]))
      return (arn) => byArn.get(arn)
    },
  })

  function remember(arn: string, task: Task): void {
    if (known.size >= maxKnown) known.clear()
    const { group = '', lastStatus } = task
    known.set(arn, { group, ...(lastStatus === 'STOPPED' ? { stopped: task } : {}) })
  }

  return {
    async describe(arn, timing) {
      const stopped = known.get(arn)?.stopped
      if (stopped !== undefined) return stopped
      const task = await batcher.request(arn, timing)
      if (task !== undefined) remember(arn, task)
      return task
    },
    has: (arn) => known.has(arn),
    groupOf: (arn) => known.get(arn)?.group,
  }
}
