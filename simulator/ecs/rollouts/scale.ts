import type { Engine } from '../engine.ts'
import { stagedOf } from '../stages/begin.ts'
import { scaleStaged } from '../stages/scale.ts'
import { isEarlySuccess } from './early-success.ts'
import { addEvent } from './events.ts'
import { startTasks } from './start-tasks.ts'
import { isHealthy, isLive, tasksOf } from '../tasks/state.ts'
import { stopTasks } from '../tasks/end.ts'
import { wakeAt } from '../wake.ts'
import type { DeploymentRecord, ServiceRecord, TaskRecord } from '../records.ts'

export interface Limits {
  /** Healthy tasks that must stay. */
  readonly minimum: number
  /** Tasks that may be `RUNNING` or starting. */
  readonly maximum: number
}

/**
 * `minimumHealthyPercent` rounds up, `maximumPercent` down (`DeploymentConfiguration` in the ECS
 * API).
 */
export function limitsOf(service: ServiceRecord): Limits {
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.deploymentConfiguration
  return {
    minimum: Math.ceil((service.desiredCount * minimumHealthyPercent) / 100),
    maximum: Math.floor((service.desiredCount * maximumPercent) / 100),
  }
}

/**
 * Moves a service one step closer to its desired tasks. Old tasks stop as new ones become healthy.
 * New tasks start as far as the maximum allows; beyond it, old tasks make room as far as the
 * minimum allows.
 */
export function scale(engine: Engine, service: ServiceRecord): void {
  const primary = service.deployments[0]
  if (primary === undefined) return
  const staged = stagedOf(engine, primary)
  if (staged !== undefined) {
    scaleStaged(engine, service, staged)
    return
  }
  const desired = service.status === 'ACTIVE' ? service.desiredCount : 0
  const live = tasksOf(engine, service).filter(isLive)
  const own = live.filter((task) => task.deployment === primary.id)
  const others = live.filter((task) => task.deployment !== primary.id)
  const healthy = new Set(live.filter((task) => isHealthy(engine, service, task)))
  const dispensableFirst = (tasks: TaskRecord[]): TaskRecord[] =>
    tasks.toSorted((one, other) => Number(healthy.has(one)) - Number(healthy.has(other)))

  const surplus = dispensableFirst(own).slice(0, Math.max(0, own.length - desired))
  const enough = isEarlySuccess(engine, service, primary, own)
  const stillNeeded = enough
    ? 0
    : Math.max(0, desired - own.filter((task) => healthy.has(task)).length)
  const replaced = dispensableFirst(others).slice(0, Math.max(0, others.length - stillNeeded))

  const paused = service.pausedUntil > engine.clock.now()
  const missing = primary.halted ? 0 : Math.max(0, desired - own.length)
  if (missing > 0 && paused) wakeAt(engine, service.arn, service.pausedUntil)
  const toStart = paused ? 0 : missing
  const { minimum, maximum } = limitsOf(service)
  const stopping = new Set([...surplus, ...replaced])
  const room = maximum - (live.length - stopping.size)
  const candidates = dispensableFirst(others.filter((task) => !stopping.has(task)))
  const dispensable = [...healthy].filter((task) => !stopping.has(task)).length - minimum
  const unhealthy = candidates.filter((task) => !healthy.has(task)).length
  const makingRoom = candidates.slice(
    0,
    Math.max(0, Math.min(toStart - room, unhealthy + Math.max(0, dispensable))),
  )

  stopTasks(engine, service, [...surplus, ...replaced, ...makingRoom], {
    code: 'ServiceSchedulerInitiated',
    reason: `Scaling activity initiated by (deployment ${primary.id})`,
  })
  const starting = Math.max(0, Math.min(toStart, room + makingRoom.length))
  startTasks(engine, service, primary, starting)
  const stuck = toStart > 0 && starting === 0 && own.every((task) => healthy.has(task))
  if (stuck) reportDeadlock(engine, service, primary)
}

/** Once for each deployment: ECS repeats this event only after hours. */
function reportDeadlock(engine: Engine, service: ServiceRecord, primary: DeploymentRecord): void {
  if (service.deadlocked === primary.id) return
  service.deadlocked = primary.id
  addEvent(
    engine,
    service,
    'was unable to stop or start tasks during a deployment because of the service deployment ' +
      'configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
  )
}
