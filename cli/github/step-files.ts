import { randomUUID } from 'node:crypto'
import { appendFileSync, statSync } from 'node:fs'
import { note } from '../output.ts'

/** GitHub refuses the whole summary of a step beyond 1 MiB. */
const longestFile = 1_024 * 1_024
/** Of ours: a page that long helps nobody. */
const longestSummary = 256 * 1_024

/**
 * Adds Markdown to the page of the run, in the room that others in the same step have left. Nothing
 * happens where the runner names no file for it.
 */
export function addToSummary(markdown: string, environment: NodeJS.ProcessEnv): void {
  const file = environment['GITHUB_STEP_SUMMARY']
  if (file === undefined || file === '') return
  const there = sizeOf(file)
  append(file, `${shortenedTo(Math.min(longestSummary, longestFile - there), markdown)}\n`)
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}

/**
 * Sets outputs of the step: `steps.<id>.outputs.<name>`. Each value stands between delimiters that
 * nobody could have guessed, so that no value can set another output. Nothing happens where the
 * runner names no file for them.
 */
export function setOutputs(
  values: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv = process.env,
): void {
  const entries = Object.entries(values).map(([name, value]) => {
    const delimiter = `slipway_${randomUUID()}`
    return `${name}<<${delimiter}\n${value}\n${delimiter}\n`
  })
  append(environment['GITHUB_OUTPUT'], entries.join(''))
}

/** What the page of the run shows must not decide about the exit status: a failure is only told. */
function append(file: string | undefined, text: string): void {
  if (file === undefined || file === '') return
  try {
    appendFileSync(file, text)
  } catch (error) {
    note(`${file} could not be written: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const cut = 'The rest is left out.'

/** With its line end it is no longer than this; where there is next to no room, it is empty. */
function shortenedTo(most: number, markdown: string): string {
  const encoded = Buffer.from(markdown)
  if (encoded.length < most) return markdown
  const bytes = most - 100
  if (bytes < 0) return ''
  // A character that was cut in two is left out rather than replaced by a sign for it.
  const kept = encoded
    .subarray(0, bytes)
    .toString()
    .replace(/\uFFFD$/, '')
  // A block that was cut in two would take in what is written behind it.
  const fence = openFence(kept)
  const end = fence === undefined || fence.length > 60 ? [] : [fence]
  return [kept, ...end, '', cut].join('\n')
}

/** The backticks that end the block which a text ends in. */
function openFence(markdown: string): string | undefined {
  let open: string | undefined
  for (const line of markdown.split('\n')) {
    const fence = /^`{3,}/.exec(line)?.[0]
    if (fence === undefined) continue
    if (open === undefined) open = fence
    else if (line === open) open = undefined
  }
  return open
}
