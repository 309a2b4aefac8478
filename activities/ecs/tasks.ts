import { DescribeTasksCommand, ListTasksCommand, type Task } from '@aws-sdk/client-ecs'
import type { ObservedTask } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { sending } from './services.ts'

/** `DescribeTasks` takes at most 100 tasks, and `ListTasks` gives as many on a page. */
const batch = 100

interface Which {
  readonly cluster: string
  readonly service: string
  readonly desiredStatus: 'RUNNING' | 'STOPPED'
  readonly abortSignal?: AbortSignal | undefined
}

/**
 * Tasks of a service as ECS describes them: all that should run, or up to 100 that stopped. ECS
 * forgets a stopped one after about an hour.
 */
export async function tasksOf(clients: AwsClients, which: Which): Promise<readonly ObservedTask[]> {
  const { cluster, abortSignal } = which
  const tasks: ObservedTask[] = []
  for await (const arns of pages(clients, which)) {
    if (arns.length === 0) continue
    const described = await clients.ecs.send(
      new DescribeTasksCommand({ cluster, tasks: [...arns] }),
      sending(abortSignal),
    )
    tasks.push(...(described.tasks ?? []).map(observedTask))
  }
  return tasks
}

async function* pages(
  clients: AwsClients,
  { cluster, service, desiredStatus, abortSignal }: Which,
): AsyncGenerator<readonly string[]> {
  let nextToken: string | undefined
  do {
    const answer = await clients.ecs.send(
      new ListTasksCommand({
        cluster,
        serviceName: service,
        desiredStatus,
        maxResults: batch,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
      sending(abortSignal),
    )
    yield answer.taskArns ?? []
    nextToken = desiredStatus === 'RUNNING' ? answer.nextToken : undefined
  } while (nextToken !== undefined)
}

/** A task as ECS describes it. */
export function observedTask(task: Task): ObservedTask {
  return {
    arn: task.taskArn ?? '',
    taskDefinition: task.taskDefinitionArn ?? '',
    startedBy: task.startedBy ?? '',
    lastStatus: task.lastStatus ?? '',
    desiredStatus: task.desiredStatus ?? '',
    createdAt: task.createdAt?.getTime() ?? 0,
    ...(task.startedAt === undefined ? {} : { startedAt: task.startedAt.getTime() }),
    ...(task.stoppedAt === undefined ? {} : { stoppedAt: task.stoppedAt.getTime() }),
    stopCode: task.stopCode ?? '',
    stoppedReason: task.stoppedReason ?? '',
    addresses: addressesOf(task),
    containers: (task.containers ?? []).map((container) => ({
      name: container.name ?? '',
      image: container.image ?? '',
      imageDigest: container.imageDigest ?? '',
      ...(container.exitCode === undefined ? {} : { exitCode: container.exitCode }),
      reason: container.reason ?? '',
    })),
  }
}

function addressesOf({ containers = [] }: Task): string[] {
  const interfaces = containers.flatMap(({ networkInterfaces = [] }) => networkInterfaces)
  return [
    ...new Set(
      interfaces.flatMap(({ privateIpv4Address, ipv6Address }) =>
        [privateIpv4Address, ipv6Address].flatMap((address) => address ?? []),
      ),
    ),
  ]
}
