import type { Engine } from '../engine.ts'
import type { ServiceRecord } from '../records.ts'
import { wakeNow } from '../wake.ts'
import { stopTasks } from './end.ts'
import { isLive, tasksOf } from './state.ts'

/**
 * Interrupts the Spot capacity of the oldest `count` running tasks of a service. ECS replaces them
 * and does not count them as failures of their deployment. Returns their ids.
 */
export function interruptTasks(engine: Engine, service: ServiceRecord, count: number): string[] {
  const running = tasksOf(engine, service).filter(
    (task) => isLive(task) && task.lastStatus === 'RUNNING',
  )
  const interrupted = running.slice(0, count)
  stopTasks(engine, service, interrupted, {
    code: 'SpotInterruption',
    reason: 'Your Spot Task was interrupted.',
  })
  wakeNow(engine, service.arn)
  return interrupted.map(({ id }) => id)
}
