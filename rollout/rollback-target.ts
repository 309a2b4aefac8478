import {
  primaryOf,
  type ObservedDeployment,
  type ObservedTask,
  type Observation,
} from './observation.ts'
import type { RollbackTarget, RunningRevision } from './deployment.ts'
import { isCompleted, servingDeployment } from './deployment-state.ts'
import type { Expectation } from './expectation.ts'

/** Container name → digest. */
type Digests = RunningRevision['digests']

/** What a service runs now, according to the tasks of the deployment that serves. */
export function runningNow(observation: Observation): RunningRevision {
  const serving = servingDeployment(observation)
  const taskDefinition = serving?.taskDefinition ?? ''
  const tasks = observation.tasks.filter(
    (task) => task.lastStatus === 'RUNNING' && startedBy(task, serving),
  )
  return { taskDefinition, digests: digestsOf(tasks) }
}

/**
 * What to roll back to: the task definition of the last successful service deployment. Without such a
 * record (the endpoint has none, or none within the 90 days that ECS keeps them), a completed
 * deployment counts as successful if its tasks run.
 */
export function rollbackTargetOf(observation: Observation): RollbackTarget {
  const now = runningNow(observation)
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
  const digests = isNow && Object.keys(now.digests).length > 0 ? now.digests : targetDigests
  return { taskDefinition, digests, deploymentId, ...(isNow ? servedBy : {}), hasSucceeded: true }
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

/** The digests of tasks, for each container whose tasks all run the same one. */
function digestsOf(tasks: readonly ObservedTask[]): Digests {
  const found = new Map<string, Set<string>>()
  for (const { name, imageDigest } of tasks.flatMap((task) => task.containers)) {
    if (imageDigest !== '') found.set(name, (found.get(name) ?? new Set()).add(imageDigest))
  }
  return Object.fromEntries(
    [...found].flatMap(([name, digests]) => {
      const [digest] = digests
      return digests.size === 1 && digest !== undefined ? [[name, digest]] : []
    }),
  )
}

function startedBy(task: ObservedTask, deployment: ObservedDeployment | undefined): boolean {
  if (task.startedBy.startsWith('ecs-svc/')) return task.startedBy === deployment?.id
  return task.taskDefinition === deployment?.taskDefinition
}
