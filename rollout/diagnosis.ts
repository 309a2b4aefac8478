import type { Cause } from './cause.ts'
import { crashedTasks } from './crashes.ts'
import { culpritOf } from './failed-tasks.ts'
import type { ObservedTask, Observation } from './observation.ts'
import { stallOf } from './progress.ts'
import { readReason } from './reasons/read-reason.ts'
import { recordOf } from './record.ts'
import { isOurs } from './serving.ts'
import { startFailureOf } from './start-failures.ts'
import type { Expectation } from './expectation.ts'

/**
 * The likely cause of a failed rollout, from its alarms, stopped tasks, targets and events, the most
 * telling one first. Undefined if there is no sign of one.
 */
export function diagnose(observation: Observation, expected: Expectation): Cause | undefined {
  const crashed = crashedTasks(observation, expected)
  return (
    alarms(observation, expected) ??
    lifecycleHooks(observation, expected) ??
    notStarted(crashed) ??
    containerEnded(crashed) ??
    unhealthyTargets(observation) ??
    failedHealthChecks(crashed) ??
    stalled(observation, expected) ??
    interrupted(observation, expected) ??
    tasksFailed(observation, expected)
  )
}

function alarms(observation: Observation, expected: Expectation): Cause | undefined {
  const names = recordOf(observation, expected)?.triggeredAlarms ?? []
  return names.length === 0 ? undefined : { kind: 'alarms', names }
}

function lifecycleHooks(observation: Observation, expected: Expectation): Cause | undefined {
  const record = recordOf(observation, expected)
  const hook = record?.hooks?.find(({ status, timeoutAction }) =>
    status === 'TIMED_OUT' ? timeoutAction !== 'CONTINUE' : status === 'FAILED',
  )
  if (hook === undefined) return undefined
  const hasFailed = hook.status === 'FAILED'
  if (hook.type === 'PAUSE') return { kind: hasFailed ? 'rejected at a pause' : 'pause unanswered' }
  return {
    kind: hasFailed ? 'hook failed' : 'hook without result',
    hook: hook.target || hook.id,
  }
}

function notStarted(crashed: readonly ObservedTask[]): Cause | undefined {
  const reason = crashed.map(startFailureOf).find((one) => one !== undefined)
  return reason === undefined ? undefined : { kind: 'task not started', reason }
}

function containerEnded(crashed: readonly ObservedTask[]): Cause | undefined {
  const exited = crashed.filter((task) => task.stopCode === 'EssentialContainerExited')
  for (const task of exited) {
    const culprit = culpritOf(task)
    if (culprit === undefined) continue
    const { name: container, exitCode, reason } = culprit
    const said = reason || task.stoppedReason
    const tasks = exited.length
    if (readReason(reason).kind === 'out of memory') {
      return { kind: 'out of memory', container, said, tasks }
    }
    if (exitCode !== undefined) return { kind: 'container exited', container, exitCode, tasks }
    return { kind: 'container ended', container, said, tasks }
  }
  return undefined
}

function unhealthyTargets(observation: Observation): Cause | undefined {
  const target = observation.targets.find((one) => one.state === 'unhealthy')
  if (target !== undefined) {
    return { kind: 'unhealthy', reason: readReason(target.description || target.reason) }
  }
  const event = observation.service.events.find(({ message }) =>
    /is (?:unhealthy|not healthy) in .* due to/.test(message),
  )
  if (event === undefined) return undefined
  const said = /due to \(reason (.*)\)/.exec(event.message)?.[1] ?? event.message
  return { kind: 'unhealthy', reason: readReason(said) }
}

function failedHealthChecks(crashed: readonly ObservedTask[]): Cause | undefined {
  const task = crashed.find((one) => /health checks/.test(one.stoppedReason))
  return task === undefined
    ? undefined
    : { kind: 'unhealthy', reason: readReason(task.stoppedReason) }
}

function stalled(observation: Observation, expected: Expectation): Cause | undefined {
  const event = stallOf(observation, expected)
  return event === undefined ? undefined : { kind: 'stalled', reason: readReason(event) }
}

function interrupted(observation: Observation, expected: Expectation): Cause | undefined {
  const task = observation.tasks.find(
    (one) => isOurs(one, expected) && interruptions.has(one.stopCode),
  )
  return task === undefined
    ? undefined
    : { kind: 'interrupted', reason: readReason(task.stoppedReason) }
}

/** Unwanted ends that are no container's fault. */
const interruptions: ReadonlySet<string> = new Set(['SpotInterruption', 'TerminationNotice'])

/** ECS counted tasks that failed, and has forgotten them: it keeps a stopped one for an hour. */
function tasksFailed({ service }: Observation, expected: Expectation): Cause | undefined {
  const deployment = service.deployments.find(({ id }) => id === expected.deploymentId)
  const said = deployment?.rolloutStateReason ?? ''
  const reason = readReason(said)
  return reason.kind === 'tasks keep failing' ? { kind: 'tasks failed', reason } : undefined
}
