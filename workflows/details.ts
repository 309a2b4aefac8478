import type { EnvironmentStatus, LedgerEntry, ReleaseStatus, Step } from './types.ts'
import { failureDetails } from './failure-details.ts'
import { cell } from './markdown.ts'
import { shortCommit, shortDigest, shortRevision } from './words.ts'

/**
 * Markdown for the Temporal UI's current details, which takes 20 KB: what a person looks for
 * first stands first.
 */

/** A release: how it ended or where it is, then a table of its steps. */
export function releaseDetails(status: ReleaseStatus): string {
  const { result } = status
  const head =
    result === undefined
      ? `**${cell(status.summary)}**`
      : `**${result.outcome.replace('_', ' ')}**: ${cell(result.message)}`
  const cause = result?.cause === undefined ? [] : ['', `Cause: ${cell(result.cause)}`]
  const services = (result?.services ?? []).map(({ name, revision, wayBack }) =>
    row(
      name,
      shortRevision(revision.taskDefinition),
      digestsOf(revision.digests),
      shortRevision(wayBack.taskDefinition),
    ),
  )
  const table =
    services.length === 0
      ? []
      : ['', '| service | released | digest | ran before |', '|---|---|---|---|', ...services]
  return [
    head,
    ...cause,
    ...failureDetails(result),
    '',
    '| step | state | started | took | note |',
    '|---|---|---|---|---|',
    ...status.steps.map(stepRow),
    ...table,
    ...status.warnings.map((warning) => `\nNote: ${cell(warning)}`),
    '',
    `Asked for by ${cell(status.requestedBy)}`,
  ].join('\n')
}

/** An environment: what is live, what runs, and the last releases. */
export function environmentDetails(status: EnvironmentStatus): string {
  const { live, running } = status
  return [
    `**Live:** ${live === undefined ? 'nothing released yet' : `${shortCommit(live.commit)} by ${live.id}`}`,
    '',
    `**Running:** ${running === undefined ? 'nothing' : running.id}`,
    '',
    '| release | commit | outcome | ended | by |',
    '|---|---|---|---|---|',
    ...status.releases.slice(0, 10).map(entryRow),
  ].join('\n')
}

function stepRow(step: Step): string {
  const name = step.subject === undefined ? step.name : `${step.name} ${step.subject}`
  const took = step.endedAt === undefined ? '' : seconds(step.endedAt - step.startedAt)
  const state = step.state === 'failed' ? '**failed**' : step.state
  return row(name, state, time(step.startedAt), took, cell(step.note ?? ''))
}

function entryRow({ id, commit, outcome, endedAt, requestedBy }: LedgerEntry): string {
  const when = new Date(endedAt).toISOString().slice(0, 16).replace('T', ' ')
  return row(id, shortCommit(commit), outcome, when, cell(requestedBy))
}

/** The UI sets columns without a gap between them: a space that does not break keeps them apart. */
function row(...cells: readonly string[]): string {
  return `| ${cells.join('\u00a0 | ')} |`
}

function digestsOf(digests: Readonly<Record<string, string>>): string {
  return Object.values(digests).map(shortDigest).join(', ')
}

function seconds(ms: number): string {
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)}s` : `${(ms / 60_000).toFixed(1)}min`
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19)
}
