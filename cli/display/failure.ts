import type { FailureEvidence } from '../../rollout/failed-tasks.ts'
import { failedTaskText } from '../../text/failure-details.ts'
import { plain } from '../../text/plain.ts'
import { paint } from './colour.ts'

/** The failed tasks of a release with their last log lines, and its unhealthy targets. */
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
