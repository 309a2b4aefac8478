import type { Engine } from '../engine.ts'
import type { ServiceRecord } from '../records.ts'
import { wakeNow } from '../wake.ts'
import { stopTasks } from './end.ts'
import { isLive, tasksOf } from './state.ts'

/**
 * Takes the Spot capacity under the oldest running tasks of a service away. ECS replaces them;
 * their end is no failure of their deployment. Gives their ids.
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
