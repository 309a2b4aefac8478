import { StringDecoder } from 'node:string_decoder'
import { Context } from '@temporalio/activity'
import { cut, firstThatFit } from '../../contract/size.ts'
import { lineSplitter } from './lines.ts'

/** How much of the last lines a failure quotes. */
const tailLines = 40
const tailBytes = 4 * 1024
const tailLineBytes = 1_024
/** How much of the standard output is kept for the caller by default, in characters. */
const maxOutput = 1_000_000

export interface OutputOptions {
  /** Prefix of each line of output in the log. Without a label, the output is not logged. */
  readonly label?: string
  /** Replaced by `***` wherever the output contains them. */
  readonly secrets?: readonly string[]
  /** Keeps all of the standard output for the caller. Default: the first million characters. */
  readonly wholeOutput?: boolean
}

/** Consumes both streams of a child process: logs each line, and keeps the tail and the stdout. */
export function collectOutput({ label, secrets = [], wholeOutput = false }: OutputOptions) {
  const { log } = Context.current()
  const tail: string[] = []
  const decoder = new StringDecoder('utf8')
  let text = ''
  const onLine = (line: string) => {
    const redacted = secrets.reduce((left, secret) => left.replaceAll(secret, '***'), line)
    tail.push(redacted)
    if (tail.length > tailLines) tail.shift()
    if (label !== undefined) log.info(`${label}: ${redacted}`)
  }
  const lines = lineSplitter(onLine)
  return {
    stdout: {
      push: (chunk: Buffer) => {
        if (wholeOutput || text.length < maxOutput) text += decoder.write(chunk)
        lines.push(chunk)
      },
      end: lines.end,
    },
    stderr: lineSplitter(onLine),
    text: () => text,
    tail: () => lastThatFit(tail),
  }
}

/** The last lines, the newest whole where it fits. */
function lastThatFit(lines: readonly string[]): string[] {
  const newestFirst = lines.map((line) => cut(line, tailLineBytes)).toReversed()
  return firstThatFit(newestFirst, tailBytes).toReversed()
}
