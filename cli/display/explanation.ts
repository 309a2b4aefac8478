import type { Step } from '../../contract/releases.ts'
import type { Explanation } from '../../client/index.ts'
import { durationText, momentText, plain } from '../../text/plain.ts'
import { paint, stepSigns } from './colour.ts'
import { resultText } from './result.ts'
import { table } from './table.ts'
import { stepName } from './words.ts'

/** How a release went, step by step, and why it ended as it did, for people. */
export function explanationText(told: Explanation, now: number): string {
  const { result, warnings, steps, startedAt, stepsFrom } = told
  const asked = told.requestedBy === undefined ? '' : `, asked for by ${plain(told.requestedBy)}`
  const head =
    result === undefined
      ? `${paint(['bold', 'cyan'], 'running')}  ${told.id} for ${durationText(now - startedAt)}`
      : resultText(result)
  return [
    head,
    '',
    `Began ${momentText(startedAt)}${asked}`,
    table(steps.map((step) => stepRow(step, startedAt, now))),
    ...(stepsFrom === 'history'
      ? [
          paint(
            'gray',
            'No worker answers, so this is what Temporal’s history alone tells. More with one: slipway worker',
          ),
        ]
      : []),
    ...warnings.map((warning) => paint('yellow', `! ${plain(warning)}`)),
  ].join('\n')
}

function stepRow(step: Step, startedAt: number, now: number): string[] {
  const { state, endedAt } = step
  const { sign, style } =
    state === 'running' ? { sign: '…', style: 'cyan' as const } : stepSigns[state]
  return [
    `  +${durationText(Math.max(0, step.startedAt - startedAt))}`,
    paint(style, sign),
    stepName(step),
    state === 'skipped' ? '' : durationText((endedAt ?? now) - step.startedAt),
    paint('gray', plain(step.note ?? '')),
  ]
}
