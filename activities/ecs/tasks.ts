import type { Task } from '@aws-sdk/client-ecs'
import type { ObservedTask } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { describeTasks, listTasks } from './task-pages.ts'

interface ServiceTasks {
  readonly cluster: string
  readonly service: string
  readonly desiredStatus: 'RUNNING' | 'STOPPED'
  readonly abortSignal?: AbortSignal | undefined
}

/**
 * Tasks of a service as ECS describes them: all that should run, or up to 100 that have stopped. ECS
 * forgets a stopped task after about an hour.
 */
export async function tasksOf(
  clients: AwsClients,
  { cluster, service, desiredStatus, abortSignal }: ServiceTasks,
): Promise<readonly ObservedTask[]> {
  const tasks: ObservedTask[] = []
  let nextToken: string | undefined
  do {
    const page = { cluster, service, desiredStatus, nextToken }
    const listed = await listTasks(clients, page, abortSignal)
    const described = await describeTasks(clients, cluster, listed.arns, abortSignal)
    tasks.push(...described.map(observedTask))
    nextToken = desiredStatus === 'RUNNING' ? listed.nextToken : undefined
  } while (nextToken !== undefined)
  return tasks
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
