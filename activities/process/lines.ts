import { StringDecoder } from 'node:string_decoder'
import { stripVTControlCharacters } from 'node:util'

/** A longer line is cut into several, so that a stream without line ends needs no memory. */
const longestLine = 4_096

/**
 * Cuts a stream of bytes into lines as they come, without colours and other terminal controls:
 * what a child process prints is not ours, and ends up in logs. A carriage return ends a line too,
 * as progress bars have it; empty lines are left out.
 */
export function lineSplitter(onLine: (line: string) => void) {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const give = (line: string) => {
    const plain = stripVTControlCharacters(line).trimEnd()
    if (plain !== '') onLine(plain)
  }
  const take = (text: string) => {
    const lines = (rest + text).split(/\r\n|\n|\r/)
    rest = lines.pop() ?? ''
    for (const line of lines) give(line)
    while (rest.length > longestLine) {
      give(rest.slice(0, longestLine))
      rest = rest.slice(longestLine)
    }
  }
  return {
    push: (chunk: Buffer) => take(decoder.write(chunk)),
    end: () => {
      take(decoder.end())
      give(rest)
      rest = ''
    },
  }
}
