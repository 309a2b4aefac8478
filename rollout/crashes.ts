import type { ObservedTask, Observation } from './observation.ts'
import { recordOf } from './record.ts'
import { isOurs } from './serving.ts'
import type { Expectation } from './expectation.ts'

/**
 * The tasks of the expected deployment that died by themselves, newest first: a container ended
 * that should not, the task could not start, or a health check gave it up. ECS's circuit breaker
 * counts only those that never became healthy; a task that runs and then crashes, for ever, is
 * seen here alone. ECS forgets a stopped task after an hour.
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
 * Those of them that ran and crashed after ECS had called the rollout a success: until then a task
 * may have died on the way to it. Nothing is known of that where ECS tells no end, and nothing
 * follows from it where ECS calls a success what has not all started yet.
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
 * How long the tasks of the expected deployment lived that ran and then died by themselves, in
 * milliseconds, at most; 0 where none did. Only who watches for longer can tell that it is over.
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

/** Whether a task died by itself; one that ECS or a person stops, to scale or to move, did not. */
function hasCrashed({ stopCode, stoppedReason }: ObservedTask): boolean {
  return (
    stopCode === 'EssentialContainerExited' ||
    stopCode === 'TaskFailedToStart' ||
    deaths.test(stoppedReason)
  )
}

/** Some endpoints give the reason without the code. */
const deaths =
  /failed .*health checks|^Essential container|CannotPull|CannotStart|CannotCreate|ResourceInitializationError/
