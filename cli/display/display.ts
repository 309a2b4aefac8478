import type { Screen, Display } from './screen.ts'
import { jsonText, shown } from '../output.ts'
import { changeTeller } from './changes.ts'
import { liveDisplay } from './live.ts'
import { changeLine } from './words.ts'

/**
 * Lines of JSON for programs; a table that is redrawn for a terminal; lines with the time for
 * logs, in CI, and where no terminal is.
 */
export function openDisplay(
  how: { readonly json: boolean },
  screen: Screen = process.stdout,
  environment: NodeJS.ProcessEnv = process.env,
): Display {
  if (how.json) return lineDisplay(screen, (change) => jsonText(change))
  const ci = environment['CI'] !== undefined && environment['CI'] !== 'false'
  const dumb = environment['TERM'] === 'dumb'
  if (screen.isTTY && !ci && !dumb) return liveDisplay(screen)
  return lineDisplay(screen, (change) => shown(`${clock()}  ${changeLine(change)}`))
}

function lineDisplay(
  screen: Screen,
  line: (change: ReturnType<ReturnType<typeof changeTeller>>[number]) => string,
): Display {
  const tell = changeTeller()
  return {
    show: (event) => {
      for (const change of tell(event)) screen.write(`${line(change)}\n`)
    },
    close: () => {},
  }
}

function clock(): string {
  return new Date().toISOString().slice(11, 19)
}
