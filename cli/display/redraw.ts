import { stripVTControlCharacters } from 'node:util'
import type { Screen } from './screen.ts'

/**
 * Shows each text in place of the previous one. A terminal is cleared, and gets as much of the text
 * as fits, so that its earlier output can still be scrolled back to. Elsewhere, the text is printed
 * again if the state has changed.
 *
 * @param state the text without what changes all the time: how long something has taken
 */
export function redrawer(screen: Screen = process.stdout): (text: string, state?: string) => void {
  let shown: string | undefined
  return (text, state = text) => {
    if (screen.isTTY) {
      if (text !== shown) screen.write(`\u001b[H\u001b[J${fitting(text, screen)}\n`)
      shown = text
    } else if (state !== shown) {
      shown = state
      screen.write(`${text}\n`)
    }
  }
}

/** As many lines as fit the terminal; long lines take several rows. */
function fitting(text: string, { columns, rows }: Screen): string {
  const lines = text.split('\n')
  const heights = lines.map((line) => {
    const { length } = Array.from(stripVTControlCharacters(line))
    return Math.max(1, Math.ceil(length / columns))
  })
  // One row is left for the cursor.
  const room = rows - 1
  if (heights.reduce((sum, height) => sum + height, 0) <= room) return text
  let used = 1
  const kept = lines.filter((_, index) => (used += heights[index] ?? 1) <= room)
  return [...kept, '… (more without --watch)'].join('\n')
}
