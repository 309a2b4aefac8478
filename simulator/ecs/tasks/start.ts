import { registerTargets } from '../../elb/targets.ts'
import type { ContainerSpec, TaskEvents, TaskSpec } from '../../runtime/types.ts'
import { ecsArn, nameOf } from '../arns.ts'
import type { Engine } from '../engine.ts'
import { taskId } from '../ids.ts'
import { taskDefinitionAt } from '../rollouts/revisions.ts'
import { taskEnded } from './end.ts'
import { withJitter } from '../jitter.ts'
import { wakeAt, wakeNow } from '../wake.ts'
import type { DeploymentRecord, ServiceRecord, TaskRecord } from '../records.ts'

/** Creates a task. The runtime starts it once it is placed, after `timings.launch`. */
export function placeTask(
  engine: Engine,
  service: ServiceRecord,
  deployment: DeploymentRecord,
): TaskRecord {
  const id = taskId()
  const now = engine.clock.now()
  const definition = taskDefinitionAt(engine, deployment.taskDefinition)
  const task: TaskRecord = {
    id,
    arn: ecsArn(engine, `task/${service.cluster}/${id}`),
    cluster: service.cluster,
    service: service.arn,
    deployment: deployment.id,
    revision: deployment.revision,
    taskDefinition: deployment.taskDefinition,
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    createdAt: now,
    launchAt: now + withJitter(engine, engine.timings.launch, id),
    ports: {},
    containers: (definition?.containers ?? []).map(({ name, image, essential }) => ({
      name: name ?? '',
      image: image ?? '',
      essential: essential ?? true,
    })),
    proven: false,
  }
  engine.state.tasks[id] = task
  service.tasks.push(id)
  return task
}

/** Starts the tasks that are placed by now. */
export function launchDue(engine: Engine, service: ServiceRecord, tasks: TaskRecord[]): void {
  const now = engine.clock.now()
  for (const task of tasks) {
    if (task.lastStatus !== 'PROVISIONING') continue
    if (task.launchAt > now) {
      wakeAt(engine, service.arn, task.launchAt)
      continue
    }
    task.lastStatus = 'PENDING'
    task.pullStartedAt = now
    engine.runtime.start(specOf(engine, service, task), eventsOf(engine, service, task))
  }
}

function specOf(engine: Engine, service: ServiceRecord, task: TaskRecord): TaskSpec {
  const digests = engine.state.revisions[task.revision]?.digests ?? {}
  const definition = taskDefinitionAt(engine, task.taskDefinition)
  return {
    id: task.id,
    taskDefinition: nameOf(task.taskDefinition),
    service: service.name,
    cluster: service.cluster,
    containers: (definition?.containers ?? []).map((container): ContainerSpec => {
      const name = container.name ?? ''
      return {
        name,
        image: pinned(container.image ?? '', digests[name]),
        essential: container.essential ?? true,
        ...(container.command && { command: container.command }),
        ...(container.entryPoint && { entryPoint: container.entryPoint }),
        environment: Object.fromEntries(
          (container.environment ?? []).map((pair) => [pair.name ?? '', pair.value ?? '']),
        ),
        portMappings: (container.portMappings ?? []).flatMap(({ containerPort, hostPort }) =>
          containerPort === undefined
            ? []
            : [{ containerPort, ...(hostPort !== undefined && { hostPort }) }],
        ),
      }
    }),
  }
}

/**
 * ECS resolves a tag once for each deployment, when its first task pulls it, and gives every later
 * task the digest ("container image resolution").
 */
function pinned(image: string, digest: string | undefined): string {
  if (digest === undefined || image.includes('@')) return image
  const colon = image.lastIndexOf(':')
  const repository = colon > image.lastIndexOf('/') ? image.slice(0, colon) : image
  return `${repository}@${digest}`
}

function eventsOf(engine: Engine, service: ServiceRecord, task: TaskRecord): TaskEvents {
  return {
    pulled(digests) {
      task.pullStoppedAt = engine.clock.now()
      for (const container of task.containers) {
        const digest = own(digests, container.name)
        if (digest !== undefined) noteDigest(engine, task, container, digest)
        else askForDigest(engine, task, container)
      }
    },
    running(ports) {
      task.ports = { ...ports }
      if (task.desiredStatus === 'STOPPED') return
      task.lastStatus = 'RUNNING'
      task.startedAt = engine.clock.now()
      registerTargets(engine, service, task)
      wakeNow(engine, service.arn)
    },
    failedToStart(reason) {
      for (const container of task.containers) container.reason = reason
      taskEnded(engine, service, task, { code: 'TaskFailedToStart', reason })
    },
    stopped(exitCodes) {
      for (const container of task.containers) {
        const code = own(exitCodes, container.name)
        if (code !== undefined) container.exitCode = code
      }
      taskEnded(engine, service, task, {
        code: 'EssentialContainerExited',
        reason: 'Essential container in task exited',
      })
    },
  }
}

function noteDigest(
  engine: Engine,
  task: TaskRecord,
  container: TaskRecord['containers'][number],
  digest: string,
): void {
  container.imageDigest = digest
  const revision = engine.state.revisions[task.revision]
  if (revision !== undefined) revision.digests[container.name] ??= digest
}

function askForDigest(
  engine: Engine,
  task: TaskRecord,
  container: TaskRecord['containers'][number],
): void {
  engine.resolveDigest?.(container.image).then(
    (digest) => {
      if (digest !== undefined) noteDigest(engine, task, container, digest)
    },
    () => {},
  )
}

/** The entry of a container. Its name may be one that every object has, such as `constructor`. */
function own<Value>(entries: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined
}
