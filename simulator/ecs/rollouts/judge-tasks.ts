import { isGood, targetsOf } from '../../elb/targets.ts'
import { noteFailure, noteHealthy } from './breaker.ts'
import type { Engine } from '../engine.ts'
import { addEvent } from './events.ts'
import { hasContainerChecks, taskHealth } from '../tasks/container-health.ts'
import { isLive } from '../tasks/state.ts'
import { stopTasks } from '../tasks/end.ts'
import { wakeAt } from '../wake.ts'
import type { ServiceRecord, TaskRecord } from '../records.ts'

/**
 * Marks running tasks as proven once all their targets and containers are healthy or, without
 * health checks, once they have run for a while. Stops unhealthy tasks.
 */
export function judgeTasks(engine: Engine, service: ServiceRecord, tasks: TaskRecord[]): void {
  for (const task of tasks) {
    if (!isLive(task) || task.lastStatus !== 'RUNNING' || task.startedAt === undefined) continue
    const targets = targetsOf(engine.state, service, task.id)
    const problem = problemOf(engine, task, targets)
    if (problem !== undefined) {
      stopUnhealthy(engine, service, task, task.startedAt, problem)
    } else if (!task.proven && isProven(engine, service, task, task.startedAt, targets)) {
      task.proven = true
      noteHealthy(engine, service, task)
    }
  }
}

type Targets = ReturnType<typeof targetsOf>

function isProven(
  engine: Engine,
  service: ServiceRecord,
  task: TaskRecord,
  startedAt: number,
  targets: Targets,
): boolean {
  const hasChecks = hasContainerChecks(engine, task)
  if (hasChecks && taskHealth(engine, task) !== 'HEALTHY') return false
  if (targets.length > 0) return targets.every(({ target }) => isGood(target))
  const settled = startedAt + engine.timings.settle
  if (hasChecks || settled <= engine.clock.now()) return true
  wakeAt(engine, service.arn, settled)
  return false
}

interface HealthProblem {
  readonly event: string
  readonly reason: string
}

function problemOf(engine: Engine, task: TaskRecord, targets: Targets): HealthProblem | undefined {
  if (taskHealth(engine, task) === 'UNHEALTHY') {
    return {
      event: `(task ${task.id}) failed container health checks.`,
      reason: 'Task failed container health checks',
    }
  }
  const unhealthy = targets.find(({ target }) => target.state === 'unhealthy')
  if (unhealthy === undefined) return undefined
  const { group, target } = unhealthy
  return {
    event:
      `(task ${task.id}) (port ${target.containerPort}) is unhealthy in (target-group ${group.arn}) ` +
      `due to (reason ${target.description ?? 'Health checks failed'})`,
    reason: `Task failed ELB health checks in (target-group ${group.arn})`,
  }
}

function stopUnhealthy(
  engine: Engine,
  service: ServiceRecord,
  task: TaskRecord,
  startedAt: number,
  { event, reason }: HealthProblem,
): void {
  const grace = startedAt + service.healthCheckGracePeriodSeconds * 1000
  if (grace > engine.clock.now()) {
    wakeAt(engine, service.arn, grace)
    return
  }
  addEvent(engine, service, event)
  if (!task.proven) noteFailure(engine, service, task)
  stopTasks(engine, service, [task], { code: 'ServiceSchedulerInitiated', reason })
}
