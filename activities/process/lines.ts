import { StringDecoder } from 'node:string_decoder'
import { stripVTControlCharacters } from 'node:util'

/** Longer lines are split, so that a stream without line ends does not fill the memory. */
const maxLineLength = 4_096

/**
 * Splits a stream of bytes into lines as they arrive, without colours and other terminal controls:
 * the output of a child process is untrusted and ends up in logs. A carriage return also ends a
 * line, for progress bars; empty lines are dropped.
 */
export function lineSplitter(onLine: (line: string) => void) {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const emit = (line: string) => {
    for (let from = 0; from < line.length; from += maxLineLength) {
      const plain = stripVTControlCharacters(line.slice(from, from + maxLineLength)).trimEnd()
      if (plain !== '') onLine(plain)
    }
  }
  const take = (text: string) => {
    const lines = (rest + text).split(/\r\n|\n|\r/)
    rest = lines.pop() ?? ''
    for (const line of lines) emit(line)
    const whole = rest.length - (rest.length % maxLineLength)
    emit(rest.slice(0, whole))
    rest = rest.slice(whole)
  }
  return {
    push: (chunk: Buffer) => take(decoder.write(chunk)),
    end: () => {
      take(decoder.end())
      emit(rest)
      rest = ''
    },
  }
}
