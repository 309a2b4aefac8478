import type { Screen } from './display.ts'

/**
 * Shows a text in place of the one before: on a terminal by clearing it, elsewhere by printing it
 * again where it has changed.
 */
export function redrawer(screen: Screen = process.stdout): (text: string) => void {
  let shown: string | undefined
  return (text) => {
    if (text === shown) return
    shown = text
    screen.write(screen.isTTY ? `\u001b[H\u001b[2J\u001b[3J${text}\n` : `${text}\n`)
  }
}
