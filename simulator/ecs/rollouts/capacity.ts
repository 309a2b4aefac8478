import type { Engine } from '../engine.ts'
import type { ServiceRecord } from '../records.ts'
import { wakeSoon } from '../wake.ts'
import { addEvent } from './events.ts'

/**
 * Takes all room for new tasks away, for a reason as ECS would give it, or gives it back
 * (`undefined`). Tasks that run go on.
 */
export function setCapacity(engine: Engine, outOf: string | undefined): void {
  if (outOf === undefined) delete engine.state.outOfCapacity
  else engine.state.outOfCapacity = outOf
  for (const service of Object.values(engine.state.services)) {
    if (outOf === undefined) service.pausedUntil = 0
    wakeSoon(engine, service.arn)
  }
}

/** Whether a task can be placed. Where none can, the service says why and tries again after a while. */
export function hasRoom(engine: Engine, service: ServiceRecord): boolean {
  const reason = engine.state.outOfCapacity
  if (reason === undefined) return true
  addEvent(engine, service, `was unable to place a task. Reason: ${reason}`)
  service.pausedUntil = engine.clock.now() + engine.timings.replace
  return false
}
