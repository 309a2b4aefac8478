import type { ObservedTask, Observation } from './observation.ts'
import type { Expectation } from './verdict.ts'

/**
 * What still keeps the expected deployment from being the only thing that serves: nothing when
 * every wanted task runs our revision and digests, no other task takes traffic, and every
 * registered target is healthy. A service with a desired count of 0 serves by running nothing.
 */
export function whatIsMissing(observation: Observation, expected: Expectation): string | undefined {
  const { service, tasks, targets } = observation
  const live = tasks.filter((task) => task.desiredStatus === 'RUNNING')
  const foreign = live.filter((task) => !isOurs(task, expected))
  if (foreign.length > 0)
    return `${plural(foreign.length, 'task')} of another deployment still to stop`
  const ours = live.filter((task) => task.lastStatus === 'RUNNING')
  const wanted = service.schedulingStrategy === 'DAEMON' ? ours.length : service.desiredCount
  if (service.runningCount < wanted || service.pendingCount > 0) {
    return `${service.runningCount} of ${wanted} tasks running`
  }
  const strange = ours.flatMap((task) => wrongDigests(task, expected))[0]
  if (strange !== undefined) return strange
  const unhealthy = targets.filter((target) => !['healthy', 'draining'].includes(target.state))
  if (unhealthy.length > 0) {
    return `${plural(unhealthy.length, 'target')} not healthy yet (${unhealthy[0]?.state})`
  }
  for (const group of service.targetGroupArns) {
    const healthy = targets.filter(
      (t) => t.targetGroupArn === group && t.state === 'healthy',
    ).length
    if (healthy < wanted) return `${healthy} of ${wanted} targets healthy`
  }
  return undefined
}

/**
 * Whether a task was started by the expected deployment. `startedBy` holds the deployment's id;
 * endpoints that leave it empty are judged by the task definition.
 */
export function isOurs(task: ObservedTask, expected: Expectation): boolean {
  if (task.startedBy.startsWith('ecs-svc/')) return task.startedBy === expected.deploymentId
  return task.taskDefinition === expected.taskDefinition
}

function wrongDigests(task: ObservedTask, expected: Expectation): string[] {
  return task.containers.flatMap((container) => {
    const wanted = expected.digests[container.name]
    if (wanted === undefined || container.imageDigest === '') return []
    if (wanted === container.imageDigest) return []
    return [`container ${container.name} runs ${container.imageDigest}, not ${wanted}`]
  })
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
