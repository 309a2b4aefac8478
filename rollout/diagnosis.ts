import type { ObservedTask, Observation } from './observation.ts'
import { isOurs } from './serving.ts'
import type { Expectation } from './verdict.ts'

/**
 * The likely cause of a failed rollout in one sentence, from its stopped tasks, its targets and
 * the service's events, the most telling one first. Empty where nothing tells.
 */
export function diagnose(observation: Observation, expected: Expectation): string {
  const stopped = observation.tasks.filter(
    (task) => task.stoppedReason !== '' && isOurs(task, expected),
  )
  return (
    cannotPull(stopped) ??
    containerExited(stopped) ??
    unhealthyTargets(observation) ??
    failedHealthChecks(stopped) ??
    telling(observation, /was unable to place a task|unable to stop or start tasks/) ??
    otherwise(stopped) ??
    ''
  )
}

function cannotPull(stopped: readonly ObservedTask[]): string | undefined {
  const reason = stopped.map((task) => task.stoppedReason).find((r) => r.includes('CannotPull'))
  return reason === undefined ? undefined : `The image cannot be pulled: ${reason}`
}

function containerExited(stopped: readonly ObservedTask[]): string | undefined {
  const crashed = stopped.filter((task) => task.stopCode === 'EssentialContainerExited')
  for (const task of crashed) {
    const container = task.containers.find((one) => one.exitCode !== undefined)
    if (container === undefined) continue
    const often = crashed.length === 1 ? '' : ` in ${crashed.length} tasks`
    return `Container ${container.name} exited with ${container.exitCode}${often}.`
  }
  return undefined
}

function unhealthyTargets(observation: Observation): string | undefined {
  const target = observation.targets.find((one) => one.state === 'unhealthy')
  if (target !== undefined) {
    return `The health check fails: ${target.description || target.reason}.`
  }
  const event = telling(observation, /is unhealthy in .* due to/)
  const reason = event === undefined ? undefined : /due to \(reason (.*)\)/.exec(event)?.[1]
  return reason === undefined ? event : `The health check fails: ${reason}.`
}

function failedHealthChecks(stopped: readonly ObservedTask[]): string | undefined {
  const task = stopped.find((one) => /health checks/.test(one.stoppedReason))
  return task === undefined ? undefined : `${task.stoppedReason}.`
}

function otherwise(stopped: readonly ObservedTask[]): string | undefined {
  const task = stopped.find((one) => one.stopCode === 'TaskFailedToStart') ?? undefined
  return task === undefined ? undefined : `A task failed to start: ${task.stoppedReason}`
}

function telling(observation: Observation, pattern: RegExp): string | undefined {
  return observation.service.events.find((event) => pattern.test(event.message))?.message
}
