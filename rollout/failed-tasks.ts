import { crashedTasks } from './crashes.ts'
import type { ObservedTask, Observation } from './observation.ts'
import type { Expectation } from './expectation.ts'

/** A task that died in a rollout, as evidence of why; others that died alike are only counted. */
export interface FailedTask {
  /** 32 hexadecimal digits, as in the console and in the names of log streams. */
  readonly task: string
  readonly taskDefinition: string
  /** `EssentialContainerExited`, `TaskFailedToStart`, `ServiceSchedulerInitiated`, … */
  readonly stopCode: string
  readonly stoppedReason: string
  /** The container that failed, where one did. */
  readonly container?: string
  readonly exitCode?: number
  /** What ECS says about that container: `OutOfMemoryError: …`; empty where it says nothing. */
  readonly containerReason: string
  /** What the load balancer had against it: `Health checks failed with these codes: [404]`. */
  readonly health?: string
  /** How many tasks died alike, this one among them. */
  readonly times: number
  /** Its last lines, oldest first, where they could be read; else why not. */
  readonly logs?: readonly string[]
  readonly withoutLogs?: string
}

/** A target that fails its health checks. */
export interface UnhealthyTarget {
  /** `10.0.1.7:8080` */
  readonly target: string
  readonly targetGroupArn: string
  /** `Target.ResponseCodeMismatch`, `Target.Timeout`, … */
  readonly reason: string
  readonly description: string
}

/** What stands in a failure beside its cause. Empty lists where nothing was seen. */
export interface FailureEvidence {
  readonly failedTasks: readonly FailedTask[]
  readonly unhealthyTargets: readonly UnhealthyTarget[]
}

/** Distinct ones are shown; a hundred tasks that die alike say no more than one. */
const most = 5

/** The tasks of the expected deployment that died, and its targets that are unhealthy now. */
export function evidenceOf(observation: Observation, expected: Expectation): FailureEvidence {
  const alike = new Map<string, FailedTask>()
  for (const task of crashedTasks(observation, expected)) {
    const failed = failedTask(task, observation)
    const key = sameness(failed)
    const known = alike.get(key)
    alike.set(key, known === undefined ? failed : { ...known, times: known.times + 1 })
  }
  return {
    failedTasks: [...alike.values()].slice(0, most),
    unhealthyTargets: observation.targets
      .filter(({ state }) => state === 'unhealthy')
      .slice(0, most)
      .map(({ id, port, targetGroupArn, reason, description }) => ({
        target: `${id}:${port}`,
        targetGroupArn,
        reason,
        description,
      })),
  }
}

function failedTask(task: ObservedTask, observation: Observation): FailedTask {
  const id = task.arn.split('/').at(-1) ?? task.arn
  const culprit = culpritOf(task)
  const health = healthOf(id, observation)
  return {
    task: id,
    taskDefinition: task.taskDefinition,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    ...(culprit === undefined ? {} : { container: culprit.name }),
    ...(culprit?.exitCode === undefined ? {} : { exitCode: culprit.exitCode }),
    containerReason: culprit?.reason ?? '',
    ...(health === undefined ? {} : { health }),
    times: 1,
  }
}

/**
 * The container to blame: one that ECS says something about, else the first that ended badly, else
 * the first that ended. When one essential container ends, ECS stops the others (143 or 137).
 */
export function culpritOf({
  containers,
}: ObservedTask): ObservedTask['containers'][number] | undefined {
  const ended = containers.filter(({ exitCode }) => exitCode !== undefined)
  return (
    containers.find(({ reason }) => reason !== '') ??
    ended.find(({ exitCode }) => exitCode !== 0 && exitCode !== 143 && exitCode !== 137) ??
    ended.find(({ exitCode }) => exitCode !== 0) ??
    ended[0]
  )
}

/** ECS tells in an event what the load balancer had against a task, and keeps it no longer. */
function healthOf(id: string, { service }: Observation): string | undefined {
  const event = service.events.find(
    ({ message }) => message.includes(`(task ${id})`) && message.includes('is unhealthy in'),
  )
  return event === undefined ? undefined : /due to \(reason (.*)\)/.exec(event.message)?.[1]
}

/** Ids, ports and times differ between tasks that die alike. */
function sameness({ stopCode, stoppedReason, container, exitCode, containerReason }: FailedTask) {
  const reason = `${stoppedReason} ${containerReason}`.replaceAll(/[0-9a-f]{32}|\d+/g, '#')
  return JSON.stringify([stopCode, reason, container, exitCode])
}
