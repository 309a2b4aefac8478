import { DescribeTasksCommand, ListTasksCommand, type Task } from '@aws-sdk/client-ecs'
import type { AwsClients } from '../aws/clients.ts'
import { sending } from '../ecs/services.ts'

/** `DescribeTasks` takes at most 100 tasks, and `ListTasks` gives as many on a page. */
export const tasksAPage = 100

export interface TaskPage {
  readonly cluster: string
  /** All services of the cluster where it is left out. */
  readonly service?: string | undefined
  readonly desiredStatus: 'RUNNING' | 'STOPPED'
  readonly nextToken?: string | undefined
}

/** One page of the ARNs of tasks. */
export async function listTasks(clients: AwsClients, page: TaskPage, signal: AbortSignal) {
  const { cluster, service, desiredStatus, nextToken } = page
  const answer = await clients.ecs.send(
    new ListTasksCommand({
      cluster,
      desiredStatus,
      maxResults: tasksAPage,
      ...(service === undefined ? {} : { serviceName: service }),
      ...(nextToken === undefined ? {} : { nextToken }),
    }),
    sending(signal),
  )
  return { arns: answer.taskArns ?? [], nextToken: answer.nextToken }
}

/** Up to 100 tasks by ARN; one that ECS does not know is left out. */
export async function describeTasks(
  clients: AwsClients,
  cluster: string,
  tasks: readonly string[],
  signal: AbortSignal,
): Promise<(arn: string) => Task | undefined> {
  const answer = await clients.ecs.send(
    new DescribeTasksCommand({ cluster, tasks: [...tasks] }),
    sending(signal),
  )
  const found = new Map((answer.tasks ?? []).map((task) => [task.taskArn, task]))
  return (arn) => found.get(arn)
}
