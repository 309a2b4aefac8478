import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { note } from '../output.ts'

/** GitHub refuses the whole summary of a step beyond 1 MiB; others may have written to it before. */
const longestSummary = 256 * 1_024

/** Adds Markdown to the page of the run. Nothing happens where the runner names no file for it. */
export function addToSummary(markdown: string, environment: NodeJS.ProcessEnv): void {
  append(environment['GITHUB_STEP_SUMMARY'], `${shortenedTo(longestSummary, markdown)}\n`)
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

function shortenedTo(bytes: number, markdown: string): string {
  const encoded = Buffer.from(markdown)
  if (encoded.length <= bytes) return markdown
  // A character that was cut in two is left out rather than replaced by a sign for it.
  const kept = encoded
    .subarray(0, bytes)
    .toString()
    .replace(/\uFFFD$/, '')
  return `${kept}\n\nThe rest is left out.`
}
