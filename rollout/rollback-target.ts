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

/** What a service runs now, by the tasks of its PRIMARY deployment. */
export function runningNow(observation: Observation): RunningRevision {
  const primary = primaryOf(observation)
  const taskDefinition = primary?.taskDefinition ?? ''
  const tasks = observation.tasks.filter(
    (task) => task.lastStatus === 'RUNNING' && startedBy(task, primary),
  )
  return { taskDefinition, digests: digestsOf(tasks) }
}

/**
 * What to go back to: the task definition of the last service deployment that succeeded. Where
 * there is no such record (an endpoint without them, none within the 90 days that ECS keeps
 * them), a PRIMARY deployment that is completed and has running tasks is taken for good.
 */
export function rollbackTargetOf(observation: Observation): RollbackTarget {
  const now = runningNow(observation)
  const primary = primaryOf(observation)
  const deploymentId = primary?.id ?? ''
  const good = lastSuccessful(observation)
  if (good !== undefined) {
    const isNow = good.targetTaskDefinition === now.taskDefinition
    const digests = isNow && Object.keys(now.digests).length > 0 ? now.digests : good.targetDigests
    return {
      taskDefinition: good.targetTaskDefinition,
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

/** The digests of tasks, as long as all that run a container agree. */
function digestsOf(tasks: readonly ObservedTask[]): Digests {
  const seen = new Map<string, Set<string>>()
  for (const { name, imageDigest } of tasks.flatMap((task) => task.containers)) {
    if (imageDigest !== '') seen.set(name, (seen.get(name) ?? new Set()).add(imageDigest))
  }
  return Object.fromEntries(
    [...seen].flatMap(([name, digests]) => {
      const [digest] = digests
      return digests.size === 1 && digest !== undefined ? [[name, digest]] : []
    }),
  )
}

function startedBy(task: ObservedTask, deployment: ObservedDeployment | undefined): boolean {
  if (task.startedBy.startsWith('ecs-svc/')) return task.startedBy === deployment?.id
  return task.taskDefinition === deployment?.taskDefinition
}
