import { isGood, targetsOf } from '../../elb/targets.ts'
import { noteFailure, noteHealthy } from './breaker.ts'
import type { Engine } from '../engine.ts'
import { tell } from './events.ts'
import { isLive } from '../tasks/state.ts'
import { stopTasks } from '../tasks/end.ts'
import { wakeAt } from '../wake.ts'
import type { ServiceRecord, TaskRecord } from '../records.ts'

/**
 * Looks at running tasks: those whose targets are all healthy, or that have run for a while where
 * there is no load balancer, have proved themselves; those with an unhealthy target are stopped.
 */
export function judgeTasks(engine: Engine, service: ServiceRecord, tasks: TaskRecord[]): void {
  for (const task of tasks) {
    if (!isLive(task) || task.lastStatus !== 'RUNNING' || task.startedAt === undefined) continue
    const targets = targetsOf(engine.world, service, task.id)
    const sick = targets.find(({ target }) => target.state === 'unhealthy')
    if (sick !== undefined) {
      condemnUnhealthy(engine, service, task, task.startedAt, sick)
    } else if (!task.proven) {
      const settled = task.startedAt + engine.timings.settle
      if (targets.length > 0) {
        if (!targets.every(({ target }) => isGood(target))) continue
      } else if (settled > engine.clock.now()) {
        wakeAt(engine, service.arn, settled)
        continue
      }
      task.proven = true
      noteHealthy(engine, service, task)
    }
  }
}

function condemnUnhealthy(
  engine: Engine,
  service: ServiceRecord,
  task: TaskRecord,
  startedAt: number,
  { group, target }: ReturnType<typeof targetsOf>[number],
): void {
  const grace = startedAt + service.healthCheckGracePeriodSeconds * 1000
  if (grace > engine.clock.now()) {
    wakeAt(engine, service.arn, grace)
    return
  }
  tell(
    engine,
    service,
    `(task ${task.id}) (port ${target.containerPort}) is unhealthy in (target-group ${group.arn}) ` +
      `due to (reason ${target.description ?? 'Health checks failed'})`,
  )
  if (!task.proven) noteFailure(engine, service, task)
  stopTasks(engine, service, [task], {
    code: 'ServiceSchedulerInitiated',
    reason: `Task failed ELB health checks in (target-group ${group.arn})`,
  })
}
