import type { Engine } from '../engine.ts'
import { isGood, targetsOf } from '../../elb/targets.ts'
import type { ServiceRecord, TaskRecord } from '../records.ts'
import { taskHealth } from './container-health.ts'

/** The tasks of a service that ECS still lists, oldest first. */
export function tasksOf(engine: Engine, service: ServiceRecord): TaskRecord[] {
  return service.tasks.flatMap((id) => engine.state.tasks[id] ?? [])
}

/** Its desired status is `RUNNING`: it neither stops nor has stopped. */
export function isLive(task: TaskRecord): boolean {
  return task.desiredStatus === 'RUNNING'
}

/** It is starting, running or stopping. */
export function isNotStopped(task: TaskRecord): boolean {
  return task.lastStatus !== 'STOPPED'
}

/**
 * Whether a task counts towards `minimumHealthyPercent`: it runs, is proven, and is healthy in
 * every target group in which it is registered.
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

/** Counts `RUNNING` tasks and tasks that are starting, as ECS does. A draining task is neither. */
export function countsOf(tasks: readonly TaskRecord[]): Counts {
  return {
    running: tasks.filter((task) => task.lastStatus === 'RUNNING').length,
    pending: tasks.filter(
      (task) => task.lastStatus === 'PROVISIONING' || task.lastStatus === 'PENDING',
    ).length,
  }
}
