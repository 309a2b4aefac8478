import type { FailureEvidence } from '../../rollout/failed-tasks.ts'
import { failedTaskText } from '../../text/failure-details.ts'
import { plain } from '../../text/plain.ts'
import { paint } from './colour.ts'

/** The tasks that failed in a release, each with its last log lines, for people. */
export function failureText({ failedTasks, unhealthyTargets }: Partial<FailureEvidence>): string[] {
  return [
    ...(failedTasks ?? []).flatMap((task) => [
      `${paint('red', '✖')} ${plain(failedTaskText(task))}`,
      ...(task.logs ?? []).map((line) => paint('gray', `    │ ${plain(line)}`)),
      ...(task.withoutLogs === undefined
        ? []
        : [paint('gray', `    without logs: ${plain(task.withoutLogs)}`)]),
    ]),
    ...(unhealthyTargets ?? []).map(
      ({ target, reason, description }) =>
        `${paint('red', '✖')} target ${plain(target)} is unhealthy: ${plain(description || reason)}`,
    ),
  ]
}
