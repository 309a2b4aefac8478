import type { Engine } from '../engine.ts'
import type { ServiceRecord } from '../records.ts'
import { wakeSoon } from '../wake.ts'
import { addEvent } from './events.ts'

/**
 * Makes new tasks impossible to place, for a reason in ECS's words, or possible again
 * (`undefined`). Running tasks are not affected.
 */
export function setCapacity(engine: Engine, outOf: string | undefined): void {
  if (outOf === undefined) delete engine.state.outOfCapacity
  else engine.state.outOfCapacity = outOf
  for (const service of Object.values(engine.state.services)) {
    if (outOf === undefined) service.pausedUntil = 0
    wakeSoon(engine, service.arn)
  }
}

/** Whether a task can be placed. If not, the service reports why and tries again later. */
export function hasRoom(engine: Engine, service: ServiceRecord): boolean {
  const reason = engine.state.outOfCapacity
  if (reason === undefined) return true
  addEvent(engine, service, `was unable to place a task. Reason: ${reason}`)
  service.pausedUntil = engine.clock.now() + engine.timings.replace
  return false
}
