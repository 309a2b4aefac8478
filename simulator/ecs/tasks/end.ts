import type { TaskStopCode } from '@aws-sdk/client-ecs'
import { drainTargets } from '../../elb/targets.ts'
import { noteFailure } from '../rollouts/breaker.ts'
import type { Engine } from '../engine.ts'
import { taskList, addEvent } from '../rollouts/events.ts'
import { wakeAt, wakeNow } from '../wake.ts'
import type { ServiceRecord, TaskRecord } from '../records.ts'

export interface StopCause {
  readonly code: TaskStopCode
  readonly reason: string
}

/**
 * Stops tasks as the scheduler does: reports it in an event, lets their connections drain if they
 * have targets, and only then stops their containers.
 */
export function stopTasks(
  engine: Engine,
  service: ServiceRecord,
  tasks: readonly TaskRecord[],
  cause: StopCause,
): void {
  if (tasks.length === 0) return
  service.steady = false
  const running = tasks.filter((task) => task.lastStatus === 'RUNNING')
  const pending = tasks.length - running.length
  if (running.length > 0) {
    addEvent(engine, service, `has stopped ${running.length} running tasks: ${taskList(running)}.`)
  }
  if (pending > 0) addEvent(engine, service, `stopped ${pending} pending tasks.`)
  for (const task of tasks) markForStop(engine, service, task, cause)

  const drainUntil = drainTargets(engine, service, running)
  if (drainUntil !== undefined) {
    addEvent(engine, service, `has begun draining connections on ${running.length} tasks.`)
  }
  for (const task of running) {
    task.lastStatus = 'DEACTIVATING'
    task.drainUntil = drainUntil ?? engine.clock.now()
  }
  stopDrained(engine, service, running)
}

/** Stops one task as `StopTask` does: at once, without waiting for its connections. */
export function stopAtOnce(
  engine: Engine,
  service: ServiceRecord,
  task: TaskRecord,
  cause: StopCause,
): void {
  service.steady = false
  markForStop(engine, service, task, cause)
  drainTargets(engine, service, [task])
  if (task.lastStatus === 'RUNNING') {
    task.lastStatus = 'STOPPING'
    engine.runtime.stop(task.id)
  }
  wakeNow(engine, service.arn)
}

/** Stops the containers of tasks whose connections have drained. */
export function stopDrained(engine: Engine, service: ServiceRecord, tasks: TaskRecord[]): void {
  for (const task of tasks) {
    if (task.lastStatus !== 'DEACTIVATING' || task.drainUntil === undefined) continue
    if (task.drainUntil > engine.clock.now()) {
      wakeAt(engine, service.arn, task.drainUntil)
      continue
    }
    task.lastStatus = 'STOPPING'
    engine.runtime.stop(task.id)
  }
}

function markForStop(
  engine: Engine,
  service: ServiceRecord,
  task: TaskRecord,
  cause: StopCause,
): void {
  task.desiredStatus = 'STOPPED'
  task.stopCode = cause.code
  task.stoppedReason = cause.reason
  task.stoppingAt = engine.clock.now()
  if (task.lastStatus === 'PROVISIONING') {
    taskEnded(engine, service, task, cause)
  } else if (task.lastStatus === 'PENDING') {
    task.lastStatus = 'STOPPING'
    engine.runtime.stop(task.id)
  }
}

/**
 * Records that a task has ended, on its own or because it was stopped. A cause that is already
 * recorded stays. If it ended on its own before it was ever healthy, its deployment counts a
 * failure.
 */
export function taskEnded(
  engine: Engine,
  service: ServiceRecord,
  task: TaskRecord,
  cause: StopCause,
): void {
  if (task.lastStatus === 'STOPPED') return
  const onItsOwn = task.desiredStatus === 'RUNNING'
  task.lastStatus = 'STOPPED'
  task.desiredStatus = 'STOPPED'
  task.stopCode ??= cause.code
  task.stoppedReason ??= cause.reason
  task.stoppedAt = engine.clock.now()
  task.stoppingAt ??= task.stoppedAt
  service.steady = false
  drainTargets(engine, service, [task])
  if (onItsOwn && !task.proven) noteFailure(engine, service, task)
  wakeNow(engine, service.arn)
}
