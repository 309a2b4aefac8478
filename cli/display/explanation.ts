import type { Step } from '../../contract/releases.ts'
import type { Explanation } from '../../client/index.ts'
import { durationText, momentText, plain } from '../../text/plain.ts'
import { paint, stepSigns } from './colour.ts'
import { resultText } from './result.ts'
import { table } from './table.ts'
import { stepName } from './words.ts'

/** The steps of a release, how it ended, and why. */
export function explanationText(explanation: Explanation, now: number): string {
  const { result, warnings, steps, startedAt, stepsFrom } = explanation
  const { requestedBy } = explanation
  const by = requestedBy === undefined ? '' : `, requested by ${plain(requestedBy)}`
  const head =
    result === undefined
      ? `${paint(['bold', 'cyan'], 'running')}  ${explanation.id} for ${durationText(now - startedAt)}`
      : resultText(result)
  return [
    head,
    '',
    `Started ${momentText(startedAt)}${by}`,
    table(steps.map((step) => stepRow(step, startedAt, now))),
    ...(stepsFrom === 'history'
      ? [
          paint(
            'gray',
            'No worker answered, so this is only what Temporal’s history shows. For more, start one: slipway worker',
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
