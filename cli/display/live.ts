import type { FollowEvent } from '../../client/index.ts'
import { plain } from '../../text/plain.ts'
import type { Display, Screen } from './screen.ts'
import { frame } from './steps.ts'

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const frameMs = 120

const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'
const clearBelow = '\u001b[0J'

/** A table of steps that is redrawn in place, with the duration of each step so far. */
export function liveDisplay(screen: Screen): Display {
  let progress: Extract<FollowEvent, { kind: 'progress' }> | undefined
  let drawn = 0
  let tick = 0
  let closed = false
  const trouble = new Map<'server' | 'worker', string>()

  function draw(): void {
    if (progress === undefined) return
    tick += 1
    const lines = frame(progress, {
      now: Date.now(),
      spinner: spinner[tick % spinner.length] ?? '',
      columns: screen.columns ?? 80,
      rows: Math.max(3, (screen.rows ?? 24) - 2),
      trouble,
    })
    const up = drawn === 0 ? '' : `\u001b[${drawn}A\r`
    screen.write(`${up}${clearBelow}${lines.join('\n')}\n`)
    drawn = lines.length
  }

  screen.write(hideCursor)
  const timer = setInterval(draw, frameMs)
  return {
    show(event) {
      if (event.kind === 'progress') progress = event
      else if (event.kind === 'waiting') screen.write(`${plain(event.reason)}\n`)
      else if (event.kind === 'trouble') trouble.set(event.with, event.reason)
      else trouble.delete(event.with)
      draw()
    },
    close() {
      if (closed) return
      closed = true
      clearInterval(timer)
      draw()
      screen.write(showCursor)
    },
  }
}
