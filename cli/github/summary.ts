import { releaseDetails } from '../../text/details.ts'
import { cell } from '../../text/markdown.ts'
import type { ReleaseResult, ReleaseStatus } from '../../contract/releases.ts'
import { oneLine } from '../../text/short.ts'
import { outcomeSigns, outcomeWords } from '../../text/outcome-words.ts'
import { durationText, plainLines } from '../../text/plain.ts'
import { fenced } from './fenced.ts'

/** Pages of the Temporal UI, where it is known. */
export interface SummaryLink {
  /** Of the release. */
  readonly page?: string | undefined
  /** Of its environment: a release that never began has no page, and that one says why. */
  readonly environment: { readonly id: string; readonly page?: string | undefined }
}

/**
 * How a release ended, as Markdown for the page of a CI run: what the Temporal UI shows of it, with
 * the whole message where that has more than a line, and the way to the release.
 *
 * @param seen what the release said of itself last; absent where it never began, or nobody answered
 */
export function summaryOf(
  result: ReleaseResult,
  seen: ReleaseStatus | undefined,
  link: SummaryLink,
): string {
  const { id, outcome, message, cause, startedAt, endedAt } = result
  const title = seen?.summary ?? id
  const took = seen === undefined ? '' : ` after ${durationText(endedAt - startedAt)}`
  return [
    `### ${outcomeSigns[outcome]} ${cell(title)}: ${outcomeWords[outcome]}${took}`,
    '',
    ...(seen === undefined ? unseen(result) : [releaseDetails({ ...seen, result })]),
    ...[message, cause].flatMap(inFull),
    '',
    seen === undefined ? linked(link.environment.id, link.environment.page) : linked(id, link.page),
    '',
  ].join('\n')
}

/**
 * What is known of a release that has not ended, and that the job does not wait for any longer.
 *
 * @param next what becomes of it, and what to do about it: a sentence a line
 */
export function summaryOfWaiting(
  id: string,
  seen: ReleaseStatus | undefined,
  link: SummaryLink,
  next: readonly string[],
): string {
  return [
    `### ⏳ ${cell(seen?.summary ?? id)}: has not ended, and this job does not wait for it any longer`,
    '',
    ...next.map((line) => `- ${cell(line)}`),
    ...(seen === undefined ? [] : ['', releaseDetails(seen)]),
    '',
    linked(id, link.page),
    '',
  ].join('\n')
}

/** A release of which only the end is known: it never began, or nobody answered. */
function unseen({ message, cause }: ReleaseResult): readonly string[] {
  return [cell(message), ...(cause === undefined ? [] : ['', `Cause: ${cell(cause)}`])]
}

/** The details cut a message at one line; here is room for what the checks printed. */
function inFull(text: string | undefined): readonly string[] {
  if (text === undefined || oneLine(text) === text) return []
  return ['', ...fenced(plainLines(text))]
}

function linked(id: string, link: string | undefined): string {
  return link === undefined ? cell(id) : `[${cell(id)} in the Temporal UI](${link})`
}
