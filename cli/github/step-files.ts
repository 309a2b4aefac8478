import { randomUUID } from 'node:crypto'
import { appendFileSync, statSync } from 'node:fs'
import { note } from '../output.ts'

/** Bytes: GitHub drops the whole summary of a step that is longer than 1 MiB. */
const maxFileLength = 1_024 * 1_024
/** Bytes of our own summary: nobody reads more. */
const maxSummaryLength = 256 * 1_024

/**
 * Adds Markdown to the summary of the step, in the space that earlier commands of the step have left.
 * Does nothing if the runner names no file for it.
 */
export function addToSummary(markdown: string, environment: NodeJS.ProcessEnv): void {
  const file = environment['GITHUB_STEP_SUMMARY']
  if (file === undefined || file === '') return
  const space = Math.min(maxSummaryLength, maxFileLength - sizeOf(file))
  append(file, `${truncated(markdown, space)}\n`)
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}

/**
 * Sets outputs of the step: `steps.<id>.outputs.<name>`. Each value is enclosed in random
 * delimiters, so that no value can set another output. Does nothing if the runner names no file for
 * them.
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

/** A failure is only reported: the page of the run must not change the exit status. */
function append(file: string | undefined, text: string): void {
  if (file === undefined || file === '') return
  try {
    appendFileSync(file, text)
  } catch (error) {
    note(`Cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const truncationNote = 'The rest is left out.'

/** Fits into `max` bytes, line end included; empty if there is hardly any space. */
function truncated(markdown: string, max: number): string {
  const encoded = Buffer.from(markdown)
  if (encoded.length < max) return markdown
  const bytes = max - 100
  if (bytes < 0) return ''
  // Drops a character that was cut in two.
  const kept = encoded
    .subarray(0, bytes)
    .toString()
    .replace(/\uFFFD$/, '')
  // An open code block would swallow the note, and what later commands write.
  const fence = openFence(kept)
  const end = fence === undefined || fence.length > 60 ? [] : [fence]
  return [kept, ...end, '', truncationNote].join('\n')
}

/** The fence of the code block that is still open at the end of a text. */
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
