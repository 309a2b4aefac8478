import { DescribeTasksCommand, ListTasksCommand, type Task } from '@aws-sdk/client-ecs'
import type { AwsClients } from '../aws/clients.ts'
import { requestOptions } from './services.ts'

/** `DescribeTasks` takes at most 100 tasks, and `ListTasks` returns at most as many on a page. */
export const tasksPerPage = 100

export interface TaskPage {
  readonly cluster: string
  /** Absent: all services of the cluster. */
  readonly service?: string | undefined
  /** Only tasks of this family of task definitions. */
  readonly family?: string | undefined
  readonly desiredStatus: 'RUNNING' | 'STOPPED'
  readonly nextToken?: string | undefined
}

/** One page of task ARNs. */
export async function listTasks(clients: AwsClients, page: TaskPage, signal?: AbortSignal) {
  const { cluster, service, family, desiredStatus, nextToken } = page
  const answer = await clients.ecs.send(
    new ListTasksCommand({
      cluster,
      desiredStatus,
      maxResults: tasksPerPage,
      ...(service === undefined ? {} : { serviceName: service }),
      ...(family === undefined ? {} : { family }),
      ...(nextToken === undefined ? {} : { nextToken }),
    }),
    requestOptions(signal),
  )
  return { arns: answer.taskArns ?? [], nextToken: answer.nextToken }
}

/** Up to 100 tasks by ARN; a task that ECS does not know is left out. */
export async function describeTasks(
  clients: AwsClients,
  cluster: string,
  arns: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Task[]> {
  if (arns.length === 0) return []
  const answer = await clients.ecs.send(
    new DescribeTasksCommand({ cluster, tasks: [...arns] }),
    requestOptions(signal),
  )
  return answer.tasks ?? []
}
