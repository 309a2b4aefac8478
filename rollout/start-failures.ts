import type { ObservedTask } from './observation.ts'
import { readReason, readReasons, type Reason } from './reasons/read-reason.ts'

/** Why a task could not start. Undefined for a task that ran. */
export function startFailureOf(task: ObservedTask): Reason | undefined {
  const failedToStart = task.stopCode === 'TaskFailedToStart'
  const reasons = [task.stoppedReason, ...task.containers.map(({ reason }) => reason)].filter(
    (reason) => reason !== '',
  )
  // Some endpoints leave the stop code out, so ECS's name of the error decides, too.
  const start = failedToStart ? reasons : reasons.filter((reason) => startErrors.test(reason))
  const [first] = start
  return readReasons(start) ?? (first === undefined ? undefined : readReason(first))
}

/** Names of the errors before a container runs (ECS developer guide, "Stopped tasks error messages"). */
const startErrors =
  /CannotPull|CannotStart|CannotCreate|ResourceInitialization|TimeoutError|unable to assume the role|RESOURCE:|Capacity is unavailable/i
