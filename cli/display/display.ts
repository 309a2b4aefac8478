import type { Screen, Display } from './screen.ts'
import { jsonText, shown } from '../output.ts'
import { changeTracker, type Change } from './changes.ts'
import { liveDisplay } from './live.ts'
import { changeLine } from './words.ts'

/**
 * Opens the display of a release: lines of JSON for programs; a table that is redrawn on a terminal;
 * otherwise, and in CI, lines with the time.
 */
export function openDisplay(
  format: { readonly json: boolean },
  screen: Screen = process.stdout,
  environment: NodeJS.ProcessEnv = process.env,
): Display {
  if (format.json) return lineDisplay(screen, (change) => jsonText(change))
  const ci = environment['CI'] !== undefined && environment['CI'] !== 'false'
  const dumb = environment['TERM'] === 'dumb'
  if (screen.isTTY && !ci && !dumb) return liveDisplay(screen)
  return lineDisplay(screen, (change) => shown(`${clock()}  ${changeLine(change)}`))
}

function lineDisplay(screen: Screen, line: (change: Change) => string): Display {
  const changesIn = changeTracker()
  return {
    show: (event) => {
      for (const change of changesIn(event)) screen.write(`${line(change)}\n`)
    },
    close: () => {},
  }
}

function clock(): string {
  return new Date().toISOString().slice(11, 19)
}
