import type { Step } from '../../contract/releases.ts'
import type { FollowEvent } from '../../client/index.ts'
import { durationText, plain, shortened } from '../../text/plain.ts'
import { paint, stepSigns } from './colour.ts'
import { activityName, stepName, troubleLine } from './words.ts'

type Progress = Extract<FollowEvent, { kind: 'progress' }>

/** How to draw a frame, and what to show in addition to the steps. */
export interface FrameOptions {
  readonly now: number
  readonly spinner: string
  readonly columns: number
  /** Lines that fit. If there are more steps, the oldest are left out. */
  readonly rows: number
  readonly trouble: ReadonlyMap<'server' | 'worker', string>
}

/** Width of the sign, the duration and the gaps between columns. */
const otherColumns = 17

/** One frame of the live display: the steps so far, retries, and problems. */
export function frame(progress: Progress, options: FrameOptions): readonly string[] {
  const { status, pending } = progress
  const rollouts = new Map(
    pending.flatMap(({ rollout }) =>
      rollout === undefined ? [] : [[rollout.service, rollout.summary] as const],
    ),
  )
  const nameWidth = Math.min(
    Math.max(0, ...status.steps.map((step) => stepName(step).length)),
    Math.max(8, options.columns - otherColumns),
  )
  const steps = status.steps.map((step) =>
    stepRow(step, nameWidth, rollouts.get(step.subject ?? ''), options),
  )
  const notes = [
    ...pending
      .filter((one) => one.attempt > 1 && one.lastFailure !== undefined)
      .map(
        (one) =>
          `↻ retrying ${activityName(one.activity)} (attempt ${one.attempt}): ${plain(one.lastFailure ?? '')}`,
      ),
    ...(status.paused === undefined
      ? []
      : [`⏸ paused by ${plain(status.paused.by)}: slipway resume ${status.environment}`]),
    ...status.warnings.map((warning) => `! ${plain(warning)}`),
    ...Array.from(options.trouble, ([peer, reason]) => `! ${troubleLine(peer, reason)}`),
  ].map((line) => paint('yellow', shortened(line, options.columns)))
  const room = Math.max(1, options.rows - notes.length)
  return [...steps.slice(-room), ...notes]
}

function stepRow(
  step: Step,
  nameWidth: number,
  rollout: string | undefined,
  options: FrameOptions,
): string {
  const end = step.endedAt ?? options.now
  const took = step.state === 'skipped' ? '' : durationText(end - step.startedAt)
  const text = step.state === 'running' ? (rollout ?? step.note) : step.note
  const note = shortened(plain(text ?? ''), Math.max(0, options.columns - nameWidth - otherColumns))
  const { sign, style } =
    step.state === 'running'
      ? { sign: options.spinner, style: 'cyan' as const }
      : stepSigns[step.state]
  const name = shortened(stepName(step), nameWidth).padEnd(nameWidth)
  const row = `${paint(style, sign)} ${name}  ${took.padStart(11)}`
  return `${row}  ${paint('gray', note)}`.trimEnd()
}
