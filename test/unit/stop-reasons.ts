import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ReasonKind } from '../../rollout/reasons/read-reason.ts'

/** A text that ECS or a load balancer really gave, with accounts and names replaced by examples. */
export interface StopReason {
  readonly said: string
  /** Where AWS gives it: `stoppedReason` of a task, `reason` of a container, … */
  readonly field: string
  readonly kind: ReasonKind
  /** Page, issue or source file that has it. */
  readonly source: string
  /** What Slipway says is wrong. */
  readonly wrong: string
}

const path = fileURLToPath(new URL('../fixtures/stop-reasons.json', import.meta.url))

export const stopReasons = JSON.parse(readFileSync(path, 'utf8')) as readonly StopReason[]
