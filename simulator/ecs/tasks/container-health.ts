import type { HealthCheck } from '@aws-sdk/client-ecs'
import type { Engine } from '../engine.ts'
import type { ServiceRecord, TaskContainerRecord, TaskRecord } from '../records.ts'
import { taskDefinitionAt } from '../rollouts/revisions.ts'
import { wakeAt, wakeNow } from '../wake.ts'

export type ContainerHealth = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'

/**
 * Runs the container health checks of task definitions that are due. The first one is due an
 * interval after the container started, as in Docker.
 */
export function checkContainers(
  engine: Engine,
  service: ServiceRecord,
  tasks: readonly TaskRecord[],
): void {
  for (const task of tasks) {
    if (task.lastStatus !== 'RUNNING' || task.desiredStatus !== 'RUNNING') continue
    const declared = taskDefinitionAt(engine, task.taskDefinition)?.containers ?? []
    for (const container of task.containers) {
      const check = declared.find(({ name }) => name === container.name)?.healthCheck
      if (check !== undefined) checkWhenDue(engine, service, { task, container, check })
    }
  }
}

interface Checked {
  readonly task: TaskRecord
  readonly container: TaskContainerRecord
  readonly check: HealthCheck
}

function checkWhenDue(engine: Engine, service: ServiceRecord, checked: Checked): void {
  const { task, container, check } = checked
  const now = engine.clock.now()
  // Seconds, and their defaults, are those of `HealthCheck` in the ECS API.
  const { interval = 30, timeout = 5, command = [] } = check
  const key = `${task.id} ${container.name}`
  if (engine.probing.has(key)) return
  container.health ??= {
    status: 'UNKNOWN',
    failures: 0,
    nextCheckAt: (task.startedAt ?? now) + interval * 1000,
  }
  if (container.health.nextCheckAt > now) {
    wakeAt(engine, service.arn, container.health.nextCheckAt)
    return
  }
  container.health.nextCheckAt = now + interval * 1000
  engine.probing.add(key)
  const onResult = (good: boolean): void => {
    engine.probing.delete(key)
    applyResult(engine, checked, good)
    wakeNow(engine, service.arn)
  }
  engine.runtime
    .check(task.id, container.name, argumentsOf(command), timeout * 1000)
    .then(onResult, () => onResult(false))
}

/** A failure in the start period counts only if the container has already been healthy. */
function applyResult(engine: Engine, { task, container, check }: Checked, good: boolean): void {
  const { health } = container
  if (health === undefined) return
  if (good) {
    health.status = 'HEALTHY'
    health.failures = 0
    return
  }
  const { retries = 3, startPeriod = 0 } = check
  const starting = engine.clock.now() < (task.startedAt ?? 0) + startPeriod * 1000
  if (starting && health.status === 'UNKNOWN') return
  health.failures++
  if (health.failures >= retries) health.status = 'UNHEALTHY'
}

function argumentsOf(command: readonly string[]): string[] {
  const [kind, ...rest] = command
  if (kind === 'CMD-SHELL') return ['/bin/sh', '-c', rest.join(' ')]
  return kind === 'CMD' ? rest : [...command]
}

/** The health of a task, from its essential containers that have a health check. */
export function taskHealth(engine: Engine, task: TaskRecord): ContainerHealth {
  const declared = taskDefinitionAt(engine, task.taskDefinition)?.containers ?? []
  const healths = task.containers
    .filter(({ essential }) => essential)
    .filter(({ name }) => declared.find((one) => one.name === name)?.healthCheck !== undefined)
    .map(({ health }) => health?.status ?? 'UNKNOWN')
  if (healths.includes('UNHEALTHY')) return 'UNHEALTHY'
  return healths.length > 0 && healths.every((health) => health === 'HEALTHY')
    ? 'HEALTHY'
    : 'UNKNOWN'
}

/** Whether a task has container health checks that it must pass to count as healthy. */
export function hasContainerChecks(engine: Engine, task: TaskRecord): boolean {
  const declared = taskDefinitionAt(engine, task.taskDefinition)?.containers ?? []
  return declared.some(({ essential, healthCheck }) => essential !== false && healthCheck)
}
