import type { Engine } from '../engine.ts'
import type { DeploymentRecord, ServiceRecord } from '../records.ts'
import { placeTask } from '../tasks/start.ts'
import { wakeAt } from '../wake.ts'
import { hasRoom } from './capacity.ts'
import { taskList, addEvent } from './events.ts'

/** Starts `count` tasks of a deployment if there is capacity, and reports it in an event. */
export function startTasks(
  engine: Engine,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  count: number,
): void {
  if (count === 0) return
  if (!hasRoom(engine, service)) {
    wakeAt(engine, service.arn, service.pausedUntil)
    return
  }
  const placed = Array.from({ length: count }, () => placeTask(engine, service, deployment))
  service.steady = false
  addEvent(engine, service, `has started ${count} tasks: ${taskList(placed)}.`)
  for (const { launchAt } of placed) wakeAt(engine, service.arn, launchAt)
}
