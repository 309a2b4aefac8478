import type { ObservedTask, Observation } from './observation.ts'
import { healthGap } from './target-health.ts'
import type { Expectation } from './expectation.ts'
import type { Gap } from './gap.ts'

/**
 * What still keeps the expected deployment from being the only thing that serves: nothing when
 * every wanted task runs our revision and digests, no other task is left, not even one that
 * drains, and every target is healthy. A service with a desired count of 0 serves by running
 * nothing. What AWS leaves out of its answer is never taken for well.
 *
 * @param proven digests that ECS resolved for the deployment itself, for containers whose tasks
 *   do not tell theirs
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
  const running = Math.min(service.runningCount, ours.length)
  const wanted = wantedCount(observation, ours.length)
  if (running < wanted || service.pendingCount > 0) return { kind: 'tasks', running, wanted }
  const strange = ours.flatMap((task) => unprovenDigests(task, expected, proven))[0]
  return strange ?? healthGap(observation, ours, wanted)
}

/**
 * Whether a task was started by the expected deployment. `startedBy` holds the deployment's id;
 * endpoints that leave it empty are judged by the task definition.
 */
export function isOurs(task: ObservedTask, expected: Expectation): boolean {
  if (task.startedBy.startsWith('ecs-svc/')) return isOneOfOurs(task.startedBy, expected)
  return task.taskDefinition === expected.taskDefinition
}

function isOneOfOurs(id: string, { deploymentId, continues }: Expectation): boolean {
  return id === deploymentId || id === continues
}

/** A daemon runs once on each instance: how many that is, ECS says in the desired count. */
export function wantedCount({ service }: Observation, running: number): number {
  const daemon = service.schedulingStrategy === 'DAEMON'
  return daemon ? Math.max(service.desiredCount, running) : service.desiredCount
}

function serves(task: ObservedTask): boolean {
  return task.desiredStatus === 'RUNNING' && task.lastStatus === 'RUNNING'
}

/** By its tasks, and by the counts of deployments whose tasks are not listed yet. */
function foreignTasks({ service, tasks }: Observation, expected: Expectation): number {
  const listed = tasks.filter((task) => !isOurs(task, expected) && task.lastStatus !== 'STOPPED')
  const counted = service.deployments
    .filter(({ id }) => !isOneOfOurs(id, expected))
    .reduce((sum, { runningCount, pendingCount }) => sum + runningCount + pendingCount, 0)
  return Math.max(listed.length, counted)
}

/**
 * A digest is proven by the task, by an image that names it, or by ECS's own service revision. A
 * container that the task does not have, such as a sidecar that ECS names anew each time, is no
 * matter as long as others are there.
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
    if (wanted === undefined || found === wanted) return []
    return found === undefined
      ? [{ kind: 'digest unknown', container }]
      : [{ kind: 'digest differs', container, found, wanted }]
  })
}
