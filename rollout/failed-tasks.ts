import { crashedTasks } from './crashes.ts'
import type { ObservedTask, Observation } from './observation.ts'
import type { Expectation } from './expectation.ts'

/** A task that crashed in a rollout, as evidence of the cause; similar crashes are only counted. */
export interface FailedTask {
  /** 32 hexadecimal digits, as in the console and in the names of log streams. */
  readonly task: string
  readonly taskDefinition: string
  /** `EssentialContainerExited`, `TaskFailedToStart`, `ServiceSchedulerInitiated`, … */
  readonly stopCode: string
  readonly stoppedReason: string
  /** The container that failed, if one did. */
  readonly container?: string
  readonly exitCode?: number
  /** ECS's reason for that container: `OutOfMemoryError: …`; empty if it gives none. */
  readonly containerReason: string
  /** Why the load balancer found it unhealthy: `Health checks failed with these codes: [404]`. */
  readonly health?: string
  /** How many tasks crashed in the same way, including this one. */
  readonly times: number
  /** Its last log lines, oldest first, if they could be read. */
  readonly logs?: readonly string[]
  /** Why there are no log lines. */
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

/** What a failure shows beside its cause. Empty lists if nothing was found. */
export interface FailureEvidence {
  readonly failedTasks: readonly FailedTask[]
  readonly unhealthyTargets: readonly UnhealthyTarget[]
}

/** How many distinct crashes and targets are shown. */
const maxShown = 5

/** The tasks of the expected deployment that crashed, and its targets that are unhealthy now. */
export function evidenceOf(observation: Observation, expected: Expectation): FailureEvidence {
  const distinct = new Map<string, FailedTask>()
  for (const task of crashedTasks(observation, expected)) {
    const failed = failedTask(task, observation)
    const key = similarityKey(failed)
    const known = distinct.get(key)
    distinct.set(key, known === undefined ? failed : { ...known, times: known.times + 1 })
  }
  return {
    failedTasks: [...distinct.values()].slice(0, maxShown),
    unhealthyTargets: observation.targets
      .filter(({ state }) => state === 'unhealthy')
      .slice(0, maxShown)
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
 * The container to blame: one for which ECS gives a reason, else the first that exited with an error
 * of its own, else the first that exited. When one essential container exits, ECS stops the others
 * (exit code 143 or 137).
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

/** Only an event of the service says why the load balancer found a task unhealthy. */
function healthOf(id: string, { service }: Observation): string | undefined {
  const event = service.events.find(
    ({ message }) => message.includes(`(task ${id})`) && message.includes('is unhealthy in'),
  )
  return event === undefined ? undefined : /due to \(reason (.*)\)/.exec(event.message)?.[1]
}

/** Leaves out ids, ports and times, which differ between similar crashes. */
function similarityKey({
  stopCode,
  stoppedReason,
  container,
  exitCode,
  containerReason,
}: FailedTask) {
  const reason = `${stoppedReason} ${containerReason}`.replaceAll(/[0-9a-f]{32}|\d+/g, '#')
  return JSON.stringify([stopCode, reason, container, exitCode])
}
