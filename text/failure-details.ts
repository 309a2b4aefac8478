import type { FailedTask } from '../rollout/failed-tasks.ts'
import { cell } from './markdown.ts'
import type { ReleaseResult } from '../contract/releases.ts'
import { shortRevision } from './short.ts'

/** Of the UI's 20 KB, so much for what failed tasks printed: the steps must still find room. */
const mostOfLogs = 6_000

/** The tasks that failed, each with what ended it and its last log lines, as lines of Markdown. */
export function failureDetails(result: ReleaseResult | undefined): readonly string[] {
  const { failedTasks = [], unhealthyTargets = [] } = result ?? {}
  let room = mostOfLogs
  return [
    ...failedTasks.flatMap((task) => {
      const lines = logLines(task, room)
      room -= lines.join('\n').length
      return ['', `Failed: ${cell(endOf(task))}`, ...lines]
    }),
    ...unhealthyTargets.map(
      ({ target, reason, description }) =>
        `\nUnhealthy target ${cell(target)}: ${cell(description || reason)}`,
    ),
  ]
}

/** `mailman-api:8, container api exited with 1: Essential container in task exited (3 tasks)` */
export function endOf(task: FailedTask): string {
  const { container, exitCode, containerReason, health, stopCode, stoppedReason, times } = task
  // A task that ECS gave up did not end by itself: what its container exited with blames nobody.
  const givenUp = /failed .*health checks/i.test(stoppedReason)
  const exited = exitCode === undefined || givenUp ? '' : ` exited with ${exitCode}`
  const what = container === undefined ? '' : `, container ${container}${exited}`
  const ended = [stoppedReason || stopCode, containerReason]
  const reasons = givenUp ? [health ?? '', ...ended] : [...ended, health ?? '']
  const why = [...new Set(reasons)].filter((reason) => reason !== '').join('; ')
  const often = times === 1 ? `task ${task.task}` : `${times} tasks, such as ${task.task}`
  return `${shortRevision(task.taskDefinition)}${what}: ${why} (${often})`
}

/** The last ones that fit; an indented block shows them as they are, whatever stands in them. */
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
