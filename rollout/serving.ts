import type { ObservedTask, Observation } from './observation.ts'
import { healthGap } from './target-health.ts'
import type { Expectation } from './expectation.ts'
import type { Gap } from './gap.ts'
import { isSameImage } from './same-image.ts'
import { tasksAreUnreadable } from './unreadable.ts'

/**
 * What still keeps the expected deployment from serving alone. Undefined if every desired task runs
 * our revision and digests, no other task is left, not even a draining one, and every target is
 * healthy. A service with a desired count of 0 needs no tasks. What AWS leaves out of its answer
 * never counts as healthy.
 *
 * Tasks and targets that could not be read are left out, which only a rollback accepts: then ECS's own
 * counts have to do, and the caller says what is unproven.
 *
 * @param proven digests that ECS resolved for the deployment itself, for containers whose tasks
 *   do not report theirs
 */
export function whatIsMissing(
  observation: Observation,
  expected: Expectation,
  proven: Expectation['digests'] = {},
): Gap | undefined {
  const { service, tasks } = observation
  if (service.lacking.length > 0) return { kind: 'unsaid', fields: service.lacking }
  const foreign = foreignTasks(observation, expected)
  if (foreign > 0) return { kind: 'other tasks', count: foreign }
  const ours = tasks.filter((task) => isOurs(task, expected) && serves(task))
  const running = Math.min(
    service.runningCount,
    tasksAreUnreadable(observation) ? countedTasks(observation, expected) : ours.length,
  )
  const wanted = wantedCount(observation, running)
  if (running < wanted || service.pendingCount > 0) return { kind: 'tasks', running, wanted }
  const unproven = ours.flatMap((task) => unprovenDigests(task, expected, proven))[0]
  return unproven ?? healthGap(observation, ours, wanted)
}

/**
 * Whether the expected deployment started a task. `startedBy` holds the deployment's id; if the
 * endpoint leaves it empty, the task definition decides.
 */
export function isOurs(task: ObservedTask, expected: Expectation): boolean {
  if (task.startedBy.startsWith('ecs-svc/')) return isOneOfOurs(task.startedBy, expected)
  return task.taskDefinition === expected.taskDefinition
}

function isOneOfOurs(id: string, { deploymentId, continues }: Expectation): boolean {
  return id === deploymentId || id === continues
}

/** For a daemon, ECS sets the desired count to the number of instances. */
export function wantedCount({ service }: Observation, running: number): number {
  const daemon = service.schedulingStrategy === 'DAEMON'
  return daemon ? Math.max(service.desiredCount, running) : service.desiredCount
}

function serves(task: ObservedTask): boolean {
  return task.desiredStatus === 'RUNNING' && task.lastStatus === 'RUNNING'
}

/** How many tasks ECS counts for the expected deployment. */
function countedTasks({ service }: Observation, expected: Expectation): number {
  return service.deployments
    .filter(({ id }) => isOneOfOurs(id, expected))
    .reduce((sum, { runningCount }) => sum + runningCount, 0)
}

/** Counts tasks, and trusts the deployments' counts if tasks are not listed yet. */
function foreignTasks({ service, tasks }: Observation, expected: Expectation): number {
  const listed = tasks.filter((task) => !isOurs(task, expected) && task.lastStatus !== 'STOPPED')
  const counted = service.deployments
    .filter(({ id }) => !isOneOfOurs(id, expected))
    .reduce((sum, { runningCount, pendingCount }) => sum + runningCount + pendingCount, 0)
  return Math.max(listed.length, counted)
}

/**
 * A digest is proven by the task, by an image pinned to it, or by ECS's own service revision. A pinned
 * container that the task lacks, such as a sidecar that ECS renames each time, does not matter as
 * long as the task has another one.
 */
function unprovenDigests(
  task: ObservedTask,
  expected: Expectation,
  proven: Expectation['digests'],
): Gap[] {
  const names = Object.keys(expected.digests)
  const pinned = task.containers.filter(({ name }) => names.includes(name))
  if (pinned.length === 0 && names.length > 0) return [{ kind: 'digest unknown' }]
  return pinned.flatMap(({ name: container, image, imageDigest }): Gap[] => {
    const wanted = expected.digests[container]
    const found = imageDigest || image.split('@')[1] || proven[container]
    if (wanted === undefined) return []
    if (isSameImage(found, wanted, expected.imageDigests?.[container])) return []
    return found === undefined
      ? [{ kind: 'digest unknown', container }]
      : [{ kind: 'digest differs', container, found, wanted }]
  })
}
