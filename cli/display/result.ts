import { outcomeWords } from '../../text/outcome-words.ts'
import type { ReleaseResult } from '../../contract/releases.ts'
import { shortCommit, shortDigest, shortRevision } from '../../text/short.ts'
import { durationText, plainLines } from '../../text/plain.ts'
import { outcomeStyle, paint } from './colour.ts'
import { failureText } from './failure.ts'
import { table } from './table.ts'

/**
 * How a release ended, for people: the outcome, why, and what the services were given.
 *
 * @param show.evidence with each failed task and what it printed last. @default true
 */
export function resultText(
  result: ReleaseResult,
  show: { readonly evidence: boolean } = { evidence: true },
): string {
  const { id, outcome, message, cause, commit, services } = result
  const took = durationText(result.endedAt - result.startedAt)
  const what = commit === undefined ? '' : ` (${shortCommit(commit)})`
  const lines = [
    `${paint(['bold', outcomeStyle(outcome)], outcomeWords[outcome])}  ${id}${what} after ${took}`,
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
  // Something else runs then, or nobody knows what.
  const isElse = outcome === 'rollback_failed' || outcome === 'superseded'
  return rows.length === 0 || isElse ? lines.join('\n') : `${lines.join('\n')}\n${table(rows)}`
}
