import { releaseDetails } from '../../text/details.ts'
import { cell } from '../../text/markdown.ts'
import type { ReleaseResult, ReleaseStatus } from '../../contract/releases.ts'
import { oneLine } from '../../text/short.ts'
import { outcomeSigns, outcomeWords } from '../../text/outcome-words.ts'
import { durationText, plainLines } from '../../text/plain.ts'
import { fenced } from './fenced.ts'

/** Pages of the Temporal UI, if its address is known. */
export interface SummaryLink {
  /** Of the release. */
  readonly page?: string | undefined
  /** Of its environment: shown for a release that never began, which has no page. */
  readonly environment: { readonly id: string; readonly page?: string | undefined }
}

/**
 * How a release ended, as Markdown for the page of a CI run: the details that the Temporal UI shows,
 * long messages and warnings in full, and a link to the release.
 *
 * @param lastStatus absent if the release never began, or no worker answered
 */
export function summaryOf(
  result: ReleaseResult,
  lastStatus: ReleaseStatus | undefined,
  link: SummaryLink,
): string {
  const { id, outcome, message, cause, startedAt, endedAt, warnings } = result
  const title = lastStatus?.summary ?? id
  const took = lastStatus === undefined ? '' : ` after ${durationText(endedAt - startedAt)}`
  return [
    `### ${outcomeSigns[outcome]} ${cell(title)}: ${outcomeWords[outcome]}${took}`,
    '',
    ...(lastStatus === undefined
      ? withoutStatus(result)
      : [releaseDetails({ ...lastStatus, result })]),
    ...[message, cause, ...warnings].flatMap(inFull),
    '',
    lastStatus === undefined
      ? linked(link.environment.id, link.environment.page)
      : linked(id, link.page),
    '',
  ].join('\n')
}

/**
 * What is known of a release that the job has stopped waiting for.
 *
 * @param next what will happen to it, and what to do: one sentence per line
 */
export function summaryOfWaiting(
  id: string,
  lastStatus: ReleaseStatus | undefined,
  link: SummaryLink,
  next: readonly string[],
): string {
  return [
    `### ⏳ ${cell(lastStatus?.summary ?? id)}: has not ended, and this job has stopped waiting`,
    '',
    ...next.map((line) => `- ${cell(line)}`),
    ...(lastStatus === undefined ? [] : ['', releaseDetails(lastStatus)]),
    '',
    linked(id, link.page),
    '',
  ].join('\n')
}

/** For a release of which only the result is known. */
function withoutStatus({ message, cause }: ReleaseResult): readonly string[] {
  return [cell(message), ...(cause === undefined ? [] : ['', `Cause: ${cell(cause)}`])]
}

/** The details shorten a message to one line; this shows, for instance, what the checks printed. */
function inFull(text: string | undefined): readonly string[] {
  if (text === undefined || oneLine(text) === text) return []
  return ['', ...fenced(plainLines(text))]
}

function linked(id: string, link: string | undefined): string {
  return link === undefined ? cell(id) : `[${cell(id)} in the Temporal UI](${link})`
}
