import type { Container, Task } from '@aws-sdk/client-ecs'
import { ecsArn, nameOf } from '../arns.ts'
import type { Engine } from '../engine.ts'
import { taskDefinitionAt } from '../rollouts/revisions.ts'
import { taskHealth } from '../tasks/container-health.ts'
import type { TaskRecord } from '../records.ts'
import { seconds, type Wire } from './wire.ts'

/**
 * A task as `DescribeTasks` returns it. Its ports are those under which this machine reaches it.
 */
export function taskAnswer(engine: Engine, task: TaskRecord): Wire<Task> {
  const definition = taskDefinitionAt(engine, task.taskDefinition)
  const launchType = engine.state.revisions[task.revision]?.launchType
  return {
    taskArn: task.arn,
    clusterArn: engine.state.clusters[task.cluster]?.arn,
    taskDefinitionArn: task.taskDefinition,
    group: `service:${nameOf(task.service)}`,
    startedBy: task.deployment,
    launchType,
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: taskHealth(engine, task),
    cpu: definition?.rest.cpu,
    memory: definition?.rest.memory,
    createdAt: seconds(task.createdAt),
    pullStartedAt: seconds(task.pullStartedAt),
    pullStoppedAt: seconds(task.pullStoppedAt),
    startedAt: seconds(task.startedAt),
    stoppingAt: seconds(task.stoppingAt),
    stoppedAt: seconds(task.stoppedAt),
    executionStoppedAt: seconds(task.startedAt === undefined ? undefined : task.stoppedAt),
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    containers: task.containers.map((container) => containerAnswer(engine, task, container)),
    attachments: [],
    overrides: { containerOverrides: task.containers.map(({ name }) => ({ name })) },
  }
}

function containerAnswer(
  engine: Engine,
  task: TaskRecord,
  container: TaskRecord['containers'][number],
): Wire<Container> {
  const declared = taskDefinitionAt(engine, task.taskDefinition)?.containers.find(
    ({ name }) => name === container.name,
  )
  const ports = (declared?.portMappings ?? []).flatMap(({ containerPort, protocol }) => {
    const hostPort = task.ports[containerPort ?? 0]
    return hostPort === undefined
      ? []
      : [{ bindIP: '127.0.0.1', containerPort, hostPort, protocol: protocol ?? ('tcp' as const) }]
  })
  return {
    containerArn: ecsArn(engine, `container/${task.cluster}/${task.id}/${container.name}`),
    taskArn: task.arn,
    name: container.name,
    image: container.image,
    imageDigest: container.imageDigest,
    runtimeId: task.startedAt === undefined ? undefined : `${task.id}-${container.name}`,
    lastStatus: containerStatus(task),
    exitCode: container.exitCode,
    reason: container.reason,
    networkBindings: task.lastStatus === 'RUNNING' ? ports : [],
    networkInterfaces: [],
    healthStatus: container.health?.status ?? 'UNKNOWN',
  }
}

function containerStatus(task: TaskRecord): string {
  switch (task.lastStatus) {
    case 'STOPPED':
      return 'STOPPED'
    case 'PROVISIONING':
    case 'PENDING':
      return 'PENDING'
    case 'RUNNING':
    case 'DEACTIVATING':
    case 'STOPPING':
      return task.startedAt === undefined ? 'PENDING' : 'RUNNING'
  }
}
