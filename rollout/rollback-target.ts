import {
  primaryOf,
  type ObservedDeployment,
  type ObservedTask,
  type Observation,
} from './observation.ts'
import type { RollbackTarget, RunningRevision } from './deployment.ts'
import { isCompleted } from './was-rolled-back.ts'

/** Container name → digest. */
type Digests = RunningRevision['digests']

/** What a service runs now, according to the tasks of its PRIMARY deployment. */
export function runningNow(observation: Observation): RunningRevision {
  const primary = primaryOf(observation)
  const taskDefinition = primary?.taskDefinition ?? ''
  const tasks = observation.tasks.filter(
    (task) => task.lastStatus === 'RUNNING' && startedBy(task, primary),
  )
  return { taskDefinition, digests: digestsOf(tasks) }
}

/**
 * What to roll back to: the task definition of the last successful service deployment. Without such a
 * record (the endpoint has none, or none within the 90 days that ECS keeps them), a completed PRIMARY
 * deployment with running tasks counts as successful.
 */
export function rollbackTargetOf(observation: Observation): RollbackTarget {
  const now = runningNow(observation)
  const primary = primaryOf(observation)
  const deploymentId = primary?.id ?? ''
  const successful = lastSuccessful(observation)
  if (successful !== undefined) {
    const isNow = successful.targetTaskDefinition === now.taskDefinition
    const digests =
      isNow && Object.keys(now.digests).length > 0 ? now.digests : successful.targetDigests
    return {
      taskDefinition: successful.targetTaskDefinition,
      digests,
      deploymentId,
      hasSucceeded: true,
    }
  }
  const hasSucceeded =
    primary !== undefined && isCompleted(primary) && observation.service.runningCount > 0
  return { ...now, deploymentId, hasSucceeded }
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
