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
 * Takes tasks down the way the scheduler does: says so, lets their connections drain where they
 * have any, and only then has their containers stopped.
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

/** Takes one task down the way `StopTask` does: at once, whatever connections it has. */
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

/** Has the containers of those tasks stopped whose connections are drained by now. */
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
 * A task is gone, by itself or because it was told to go: what stands in its record already about
 * why stays. One that went by itself before it was ever healthy is a failure of its deployment.
 */
export function taskEnded(
  engine: Engine,
  service: ServiceRecord,
  task: TaskRecord,
  cause: StopCause,
): void {
  if (task.lastStatus === 'STOPPED') return
  const byItself = task.desiredStatus === 'RUNNING'
  task.lastStatus = 'STOPPED'
  task.desiredStatus = 'STOPPED'
  task.stopCode ??= cause.code
  task.stoppedReason ??= cause.reason
  task.stoppedAt = engine.clock.now()
  task.stoppingAt ??= task.stoppedAt
  service.steady = false
  drainTargets(engine, service, [task])
  if (byItself && !task.proven) noteFailure(engine, service, task)
  wakeNow(engine, service.arn)
}
