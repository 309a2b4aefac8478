import { crashedTasks } from './crashes.ts'
import { culpritOf } from './failed-tasks.ts'
import type { ObservedTask, Observation } from './observation.ts'
import { stallOf } from './progress.ts'
import { recordOf } from './record.ts'
import { isOurs } from './serving.ts'
import { cannotStart } from './start-failures.ts'
import type { Expectation } from './expectation.ts'

/**
 * The likely cause of a failed rollout in one sentence, from its alarms, stopped tasks, targets and
 * events, the most telling one first. Empty if there is no sign of one.
 */
export function diagnose(observation: Observation, expected: Expectation): string {
  const crashed = crashedTasks(observation, expected)
  return (
    alarms(observation, expected) ??
    lifecycleHooks(observation, expected) ??
    first(crashed, cannotStart) ??
    containerExited(crashed) ??
    unhealthyTargets(observation) ??
    failedHealthChecks(crashed) ??
    stalled(observation, expected) ??
    interrupted(observation, expected) ??
    ''
  )
}

function alarms(observation: Observation, expected: Expectation): string | undefined {
  const names = recordOf(observation, expected)?.triggeredAlarms ?? []
  return names.length === 0 ? undefined : sentence(`CloudWatch ${alarmWords(names)}`)
}

/** `alarm 5xx triggered`, `alarms 5xx and latency triggered` */
export function alarmWords(names: readonly string[]): string {
  return `alarm${names.length === 1 ? '' : 's'} ${names.join(' and ')} triggered`
}

function lifecycleHooks(observation: Observation, expected: Expectation): string | undefined {
  const record = recordOf(observation, expected)
  const hook = record?.hooks?.find(({ status, timeoutAction }) =>
    status === 'TIMED_OUT' ? timeoutAction !== 'CONTINUE' : status === 'FAILED',
  )
  if (hook === undefined) return undefined
  if (hook.type === 'PAUSE') {
    return hook.status === 'FAILED'
      ? 'A person rejected the deployment at a pause hook.'
      : 'A pause hook waited for a person, and nobody answered in time.'
  }
  const what = hook.status === 'FAILED' ? 'failed' : 'had no result in time'
  return sentence(`Lifecycle hook ${hook.target || hook.id} ${what}`)
}

function containerExited(crashed: readonly ObservedTask[]): string | undefined {
  const exited = crashed.filter((task) => task.stopCode === 'EssentialContainerExited')
  for (const task of exited) {
    const container = culpritOf(task)
    if (container === undefined) continue
    const { name, exitCode, reason } = container
    const times = exited.length === 1 ? '' : ` in ${exited.length} tasks`
    if (/OutOfMemory/i.test(reason)) return sentence(`Container ${name} ran out of memory${times}`)
    if (exitCode !== undefined) return sentence(`Container ${name} exited with ${exitCode}${times}`)
    return sentence(`Container ${name} ended${times}: ${reason || task.stoppedReason}`)
  }
  return undefined
}

function unhealthyTargets(observation: Observation): string | undefined {
  const target = observation.targets.find((one) => one.state === 'unhealthy')
  if (target !== undefined) {
    return sentence(`The health check fails: ${target.description || target.reason}`)
  }
  const event = observation.service.events.find(({ message }) =>
    /is unhealthy in .* due to/.test(message),
  )
  const reason = event === undefined ? undefined : /due to \(reason (.*)\)/.exec(event.message)?.[1]
  return reason === undefined ? event?.message : sentence(`The health check fails: ${reason}`)
}

function failedHealthChecks(crashed: readonly ObservedTask[]): string | undefined {
  const task = crashed.find((one) => /health checks/.test(one.stoppedReason))
  return task === undefined ? undefined : sentence(task.stoppedReason)
}

function stalled(observation: Observation, expected: Expectation): string | undefined {
  const event = stallOf(observation, expected)
  if (event === undefined) return undefined
  if (/unable to stop or start tasks/.test(event)) {
    const why = 'minimumHealthyPercent and maximumPercent leave no room for a new task'
    return sentence(`The rollout is stuck, since ${why}: the service ${event}`)
  }
  const what = /unable to place/.test(event) ? 'There is no capacity' : 'ECS cannot start tasks'
  return sentence(`${what}: the service ${event}`)
}

function interrupted(observation: Observation, expected: Expectation): string | undefined {
  const task = observation.tasks.find(
    (one) => isOurs(one, expected) && interruptions.has(one.stopCode),
  )
  return task === undefined ? undefined : sentence(`A task stopped: ${task.stoppedReason}`)
}

/** Unwanted ends that are no container's fault. */
const interruptions: ReadonlySet<string> = new Set(['SpotInterruption', 'TerminationNotice'])

function first<T>(items: readonly T[], read: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = read(item)
    if (found !== undefined) return sentence(found)
  }
  return undefined
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
