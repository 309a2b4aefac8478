import type { ObservedTask, Observation } from './observation.ts'
import { recordOf } from './record.ts'
import { isOurs } from './serving.ts'
import type { Expectation } from './expectation.ts'

/**
 * The tasks of the expected deployment that crashed, newest first: an essential container exited,
 * the task could not start, or it failed its health checks. ECS's circuit breaker counts only tasks
 * that never became healthy, so crash-looping tasks that run for a while show only here. ECS forgets
 * a stopped task after an hour.
 */
export function crashedTasks(
  observation: Pick<Observation, 'tasks'>,
  expected: Expectation,
): ObservedTask[] {
  return observation.tasks
    .filter((task) => isOurs(task, expected) && hasCrashed(task))
    .toSorted((one, other) => (other.stoppedAt ?? 0) - (one.stoppedAt ?? 0))
}

/**
 * The crashed tasks that ran and crashed after ECS had called the rollout a success; earlier ones
 * belong to the rollout. Empty if ECS gives no time for its end, or may call it a success before all
 * tasks have started.
 */
export function crashedSinceSuccess(
  observation: Observation,
  expected: Expectation,
): ObservedTask[] {
  const record = recordOf(observation, expected)
  if (record?.status !== 'SUCCESSFUL' || record.endsDrained !== true) return []
  const { finishedAt } = record
  if (finishedAt === undefined) return []
  return crashedTasks(observation, expected).filter(
    ({ startedAt, stoppedAt }) => startedAt !== undefined && (stoppedAt ?? 0) > finishedAt,
  )
}

/**
 * The longest life of a task of the expected deployment that ran and then crashed, in milliseconds;
 * 0 if none did. Only a longer watch can show that the crashes have stopped.
 */
export function longestCrashedLife(
  observation: Pick<Observation, 'tasks'>,
  expected: Expectation,
): number {
  const lives = crashedTasks(observation, expected).map(({ startedAt, stoppedAt }) =>
    startedAt === undefined || stoppedAt === undefined ? 0 : stoppedAt - startedAt,
  )
  return Math.max(0, ...lives)
}

/** Whether a task crashed, and was not stopped by ECS or a person to scale or move the service. */
function hasCrashed({ stopCode, stoppedReason }: ObservedTask): boolean {
  return (
    stopCode === 'EssentialContainerExited' ||
    stopCode === 'TaskFailedToStart' ||
    crashReasons.test(stoppedReason)
  )
}

/** Some endpoints give the reason without the stop code. */
const crashReasons =
  /failed .*health checks|^Essential container|CannotPull|CannotStart|CannotCreate|ResourceInitializationError/
