import {
  primaryOf,
  type ObservedDeployment,
  type ObservedTask,
  type Observation,
} from './observation.ts'
import type { RollbackTarget, RunningRevision } from './deployment.ts'
import { isCompleted, servingDeployment } from './deployment-state.ts'
import type { Expectation } from './expectation.ts'
import { digestOfImage, type ImageDigests } from './same-image.ts'

/**
 * What a service runs now, according to the tasks of the deployment that serves.
 *
 * @param images what the registry says about images that are an index: these are named by the
 *   digest of the index, even if tasks report the manifests of several platforms
 */
export function runningNow(observation: Observation, images: ImageDigests = {}): RunningRevision {
  const serving = servingDeployment(observation)
  const taskDefinition = serving?.taskDefinition ?? ''
  const tasks = observation.tasks.filter(
    (task) => task.lastStatus === 'RUNNING' && startedBy(task, serving),
  )
  return { taskDefinition, ...named(digestsOf(tasks), images) }
}

/**
 * What to roll back to: the task definition of the last successful service deployment. Without such a
 * record (the endpoint has none, or none within the 90 days that ECS keeps them), a completed
 * deployment counts as successful if its tasks run.
 *
 * @param images as for {@link runningNow}
 */
export function rollbackTargetOf(
  observation: Observation,
  images: ImageDigests = {},
): RollbackTarget {
  const now = runningNow(observation, images)
  const primary = primaryOf(observation)
  const serving = servingDeployment(observation)
  const isComplete = serving !== undefined && isCompleted(serving)
  const deploymentId = primary?.id ?? ''
  const servedBy = serving === undefined || serving === primary ? {} : { servedBy: serving.id }
  const successful = lastSuccessful(observation)
  if (successful === undefined) {
    const hasSucceeded = isComplete && observation.service.runningCount > 0
    return { ...now, deploymentId, ...servedBy, hasSucceeded }
  }
  const { targetTaskDefinition: taskDefinition, targetDigests } = successful
  const isNow = isComplete && taskDefinition === now.taskDefinition
  // Where tasks do not report the digest of a container, ECS resolved it for the deployment.
  const digests = { ...targetDigests, ...(isNow ? now.digests : {}) }
  return {
    taskDefinition,
    ...named(
      Object.entries(digests).map(([name, digest]) => [name, [digest]]),
      images,
    ),
    deploymentId,
    ...(isNow ? servedBy : {}),
    hasSucceeded: true,
  }
}

/** What ran before a release, as the verdict on its deployment expects it after ECS's own rollback. */
export function whatRanBefore({
  taskDefinition,
  digests,
  imageDigests,
  deploymentId,
  servedBy = deploymentId,
}: RollbackTarget): NonNullable<Expectation['before']> {
  const images = imageDigests === undefined ? {} : { imageDigests }
  return { taskDefinition, digests, ...images, deploymentId: servedBy }
}

function lastSuccessful({ serviceDeployments }: Observation) {
  if (serviceDeployments === 'unavailable') return undefined
  return serviceDeployments.find(
    (one) => one.status === 'SUCCESSFUL' && one.targetTaskDefinition !== '',
  )
}

/** Container name → the digests that tasks report. */
function digestsOf(tasks: readonly ObservedTask[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { name, imageDigest } of tasks.flatMap((task) => task.containers)) {
    if (imageDigest !== '') found.set(name, [...(found.get(name) ?? []), imageDigest])
  }
  return found
}

/** The digest of each container whose tasks all run the same image, with what that lists. */
function named(
  reported: Iterable<readonly [container: string, digests: readonly string[]]>,
  images: ImageDigests,
): Pick<RunningRevision, 'digests' | 'imageDigests'> {
  const digests = [...reported].flatMap(([name, all]) => {
    const digest = digestOfImage(all, images[name])
    return digest === undefined ? [] : [[name, digest] as const]
  })
  const indexes = digests.flatMap(([name, digest]) => {
    const all = images[name] ?? []
    return all.includes(digest) ? [[name, all] as const] : []
  })
  return {
    digests: Object.fromEntries(digests),
    ...(indexes.length === 0 ? {} : { imageDigests: Object.fromEntries(indexes) }),
  }
}

function startedBy(task: ObservedTask, deployment: ObservedDeployment | undefined): boolean {
  if (task.startedBy.startsWith('ecs-svc/')) return task.startedBy === deployment?.id
  return task.taskDefinition === deployment?.taskDefinition
}
