import { outcomeWords } from '../../text/outcome-words.ts'
import type { ReleaseResult } from '../../contract/releases.ts'
import { shortCommit, shortDigest, shortRevision } from '../../text/short.ts'
import { durationText, plainLines } from '../../text/plain.ts'
import { outcomeStyle, paint } from './colour.ts'
import { failureText } from './failure.ts'
import { table } from './table.ts'

/**
 * How a release ended: the outcome, why, and what each service runs now.
 *
 * @param show.evidence whether to show each failed task with its last log lines. @default true
 */
export function resultText(
  result: ReleaseResult,
  show: { readonly evidence: boolean } = { evidence: true },
): string {
  const { id, outcome, message, cause, commit, services } = result
  const took = durationText(result.endedAt - result.startedAt)
  const suffix = commit === undefined ? '' : ` (${shortCommit(commit)})`
  const lines = [
    `${paint(['bold', outcomeStyle(outcome)], outcomeWords[outcome])}  ${id}${suffix} after ${took}`,
    plainLines(message),
    ...(cause === undefined || cause === '' ? [] : [`Cause: ${plainLines(cause)}`]),
    ...(show.evidence ? failureText(result) : []),
  ]
  const live = outcome === 'succeeded'
  const rows = services.map(({ name, ecsService, revision, rollbackTarget }) => {
    const runs = live ? revision : rollbackTarget
    const digests = Object.values(runs.digests).map(shortDigest).join(' ')
    return [`  ${name}`, ecsService, shortRevision(runs.taskDefinition), digests]
  })
  // These leave something else running, or nobody knows what.
  const isUnknown = outcome === 'rollback_failed' || outcome === 'superseded'
  return rows.length === 0 || isUnknown ? lines.join('\n') : `${lines.join('\n')}\n${table(rows)}`
}
