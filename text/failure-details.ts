import type { FailedTask } from '../rollout/failed-tasks.ts'
import { cell } from './markdown.ts'
import type { ReleaseResult } from '../contract/releases.ts'
import { shortRevision } from './short.ts'

/** Characters of logs in the UI's 20 KB, so that the steps still fit. */
const maxLogLength = 6_000

/** The failed tasks, each with why it stopped and its last log lines, as lines of Markdown. */
export function failureDetails(result: ReleaseResult | undefined): readonly string[] {
  const { failedTasks = [], unhealthyTargets = [] } = result ?? {}
  let room = maxLogLength
  return [
    ...failedTasks.flatMap((task) => {
      const lines = logLines(task, room)
      room -= lines.join('\n').length
      return ['', `Failed: ${cell(failedTaskText(task))}`, ...lines]
    }),
    ...unhealthyTargets.map(
      ({ target, reason, description }) =>
        `\nUnhealthy target ${cell(target)}: ${cell(description || reason)}`,
    ),
  ]
}

/** `mailman-api:8, container api exited with 1: Essential container in task exited (3 tasks)` */
export function failedTaskText(task: FailedTask): string {
  const { container, exitCode, containerReason, health, stopCode, stoppedReason, times } = task
  // ECS stopped such a task itself, so the exit code of its container explains nothing.
  const stoppedByEcs = /failed .*health checks/i.test(stoppedReason)
  const exited = exitCode === undefined || stoppedByEcs ? '' : ` exited with ${exitCode}`
  const what = container === undefined ? '' : `, container ${container}${exited}`
  const ended = [stoppedReason || stopCode, containerReason]
  const reasons = stoppedByEcs ? [health ?? '', ...ended] : [...ended, health ?? '']
  const why = [...new Set(reasons)].filter((reason) => reason !== '').join('; ')
  const which = times === 1 ? `task ${task.task}` : `${times} tasks, such as ${task.task}`
  return `${shortRevision(task.taskDefinition)}${what}: ${why} (${which})`
}

/** The last lines that fit. An indented block shows them verbatim, whatever they contain. */
function logLines({ logs, withoutLogs }: FailedTask, room: number): readonly string[] {
  if (logs === undefined) return withoutLogs === undefined ? [] : [`No logs: ${cell(withoutLogs)}.`]
  const kept: string[] = []
  let left = room
  for (const line of logs.toReversed()) {
    left -= line.length + 5
    if (left < 0) break
    kept.unshift(`    ${line}`)
  }
  return kept.length === 0 ? [] : ['', ...kept, '']
}
