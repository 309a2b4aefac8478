import { cut, firstThatFit, jsonBytes } from '../../contract/size.ts'
import type { ReleaseResult } from '../../contract/releases.ts'
import type { FailedTask, UnhealthyTarget } from '../../rollout/failed-tasks.ts'

/** Bounds in bytes, since most of a result quotes what AWS and programs print. */
const messageBytes = 4 * 1024
const warningBytes = 1_024
const warningsBytes = 16 * 1024
const evidenceTextBytes = 1_024
const failedTaskBytes = 12 * 1024

/** The result of a release within the bounds of what Temporal can store, whatever it quotes. */
export function boundResult(result: ReleaseResult): ReleaseResult {
  const { message, cause, warnings, failedTasks, unhealthyTargets } = result
  return {
    ...result,
    message: cut(message, messageBytes),
    ...(cause === undefined ? {} : { cause: cut(cause, messageBytes) }),
    warnings: boundWarnings(warnings),
    ...(failedTasks === undefined ? {} : { failedTasks: failedTasks.map(boundTask) }),
    ...(unhealthyTargets === undefined
      ? {}
      : { unhealthyTargets: unhealthyTargets.map(boundTarget) }),
  }
}

/** A warning of bounded length. A release has few: what an inspection finds, and how it ended. */
export function boundWarning(warning: string): string {
  return cut(warning, warningBytes)
}

/** The last warnings that fit, which are about the end, after how many there were before them. */
function boundWarnings(warnings: readonly string[]): readonly string[] {
  const newestFirst = warnings.map(boundWarning).toReversed()
  const kept = firstThatFit(newestFirst, warningsBytes).toReversed()
  const others = warnings.length - kept.length
  return others === 0 ? kept : [`${others} earlier warnings are left out here.`, ...kept]
}

function boundTask(task: FailedTask): FailedTask {
  const { logs, ...rest } = task
  const bounded = boundTexts(rest)
  if (logs === undefined) return bounded
  // The last lines of a log say why a program ended.
  const room = failedTaskBytes - jsonBytes(bounded)
  const lines = logs.map((line) => cut(line, evidenceTextBytes)).toReversed()
  return { ...bounded, logs: firstThatFit(lines, room).toReversed() }
}

function boundTarget(target: UnhealthyTarget): UnhealthyTarget {
  return boundTexts(target)
}

function boundTexts<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]: [string, unknown]) => [
      key,
      typeof value === 'string' ? cut(value, evidenceTextBytes) : value,
    ]),
  ) as Fields
}
