import { styleText } from 'node:util'
import type { Outcome } from '../../contract/outcome.ts'
import type { Step } from '../../contract/releases.ts'

type Style = 'bold' | 'cyan' | 'gray' | 'green' | 'red' | 'yellow'

/** Colours text if standard output is a terminal and NO_COLOR is not set (https://no-color.org). */
export function paint(style: Style | Style[], text: string): string {
  if (text === '') return ''
  return styleText(style, text, { stream: process.stdout })
}

export function outcomeStyle(outcome: Outcome): Style {
  switch (outcome) {
    case 'succeeded':
    case 'unchanged':
      return 'green'
    case 'superseded':
    case 'cancelled':
      return 'yellow'
    case 'rejected':
    case 'rolled_back':
    case 'rollback_failed':
      return 'red'
  }
}

/** The sign and colour of each state of a step. */
export const stepSigns: Readonly<
  Record<Exclude<Step['state'], 'running'>, { readonly sign: string; readonly style: Style }>
> = {
  done: { sign: '✔', style: 'green' },
  failed: { sign: '✖', style: 'red' },
  skipped: { sign: '○', style: 'gray' },
}
