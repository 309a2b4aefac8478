import { stripVTControlCharacters } from 'node:util'
import { withoutControlCharacters } from './control-characters.ts'

export { durationText, momentText } from './times.ts'

/**
 * Foreign text (a commit's subject, a reason, an answer of ECS) as one line that cannot move a
 * terminal's cursor, change its colours or reverse its reading direction.
 */
export function plain(text: string): string {
  return withoutControlCharacters(stripVTControlCharacters(text))
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
}

/** Like {@link plain} for text with several lines, which are kept. */
export function plainLines(text: string): string {
  return text.split(/\r?\n/).map(plain).join('\n').trimEnd()
}

/** At most `length` characters. The last is an ellipsis if the text was cut. */
export function shortened(text: string, length: number): string {
  const characters = Array.from(text)
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`
}
