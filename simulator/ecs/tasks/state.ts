import type { Engine } from '../engine.ts'
import { isGood, targetsOf } from '../../elb/targets.ts'
import type { ServiceRecord, TaskRecord } from '../records.ts'
import { taskHealth } from './container-health.ts'

/** The tasks of a service that ECS still tells about, oldest first. */
export function tasksOf(engine: Engine, service: ServiceRecord): TaskRecord[] {
  return service.tasks.flatMap((id) => engine.state.tasks[id] ?? [])
}

/** Wanted, and not ended. */
export function isLive(task: TaskRecord): boolean {
  return task.desiredStatus === 'RUNNING'
}

/** Anything but ended: running, on its way up or on its way down. */
export function isNotStopped(task: TaskRecord): boolean {
  return task.lastStatus !== 'STOPPED'
}

/**
 * Counts towards `minimumHealthyPercent`: runs, has proved itself, and is healthy in every target
 * group that it is registered in.
 */
export function isHealthy(engine: Engine, service: ServiceRecord, task: TaskRecord): boolean {
  return (
    isLive(task) &&
    task.lastStatus === 'RUNNING' &&
    task.proven &&
    taskHealth(engine, task) !== 'UNHEALTHY' &&
    targetsOf(engine.state, service, task.id).every(({ target }) => isGood(target))
  )
}

export interface Counts {
  readonly running: number
  readonly pending: number
}

/** ECS counts what is `RUNNING` and what is on its way there; a task that drains is neither. */
export function countsOf(tasks: readonly TaskRecord[]): Counts {
  return {
    running: tasks.filter((task) => task.lastStatus === 'RUNNING').length,
    pending: tasks.filter(
      (task) => task.lastStatus === 'PROVISIONING' || task.lastStatus === 'PENDING',
    ).length,
  }
}
