import type { ObservedTask } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { observedTask } from '../ecs/tasks.ts'
import { createKnownTasks, type KnownTasks } from './known-tasks.ts'
import type { RateLimiter, RequestTiming } from './rate-limiter.ts'
import { createSingleCalls } from './single-calls.ts'
import { createTaskLists, type TaskList } from './task-lists.ts'

/** The tasks of the services of one cluster. */
export interface ClusterTasks {
  /** Tasks that should run. */
  running(service: string, timing: RequestTiming): Promise<readonly ObservedTask[]>
  /** Up to 100 tasks that should not run: they drain, or have stopped within the last hour. */
  stopped(service: string, timing: RequestTiming): Promise<readonly ObservedTask[]>
}

export function createClusterTasks(
  clients: AwsClients,
  cluster: string,
  limiter: RateLimiter,
): ClusterTasks {
  const tasks = createKnownTasks(clients, cluster, limiter)
  const options = { clients, cluster, limiter, singleCalls: createSingleCalls(limiter), tasks }
  const running = createTaskLists(options, 'RUNNING')
  const stopped = createTaskLists(options, 'STOPPED')
  return {
    running: (service, timing) => observeTasks(tasks, running.request(service, timing), timing),
    stopped: (service, timing) => observeTasks(tasks, stopped.request(service, timing), timing),
  }
}

async function observeTasks(
  known: KnownTasks,
  list: Promise<TaskList>,
  timing: RequestTiming,
): Promise<readonly ObservedTask[]> {
  const { arns, described } = await list
  const tasks = await Promise.all(
    arns.map(async (arn) => described.get(arn) ?? (await known.describe(arn, timing))),
  )
  return tasks.flatMap((task) => (task === undefined ? [] : [observedTask(task)]))
}
