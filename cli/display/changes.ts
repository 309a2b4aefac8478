import type { Step } from '../../contract/releases.ts'
import type { FollowEvent } from '../../client/index.ts'

/** A change of a release to show: one line in a log, or one line of JSON. */
export type Change =
  | { readonly event: 'step'; readonly step: Step }
  | { readonly event: 'warning'; readonly message: string }
  | { readonly event: 'rollout'; readonly service: string; readonly summary: string }
  | {
      readonly event: 'retry'
      readonly activity: string
      readonly attempt: number
      readonly failure: string
    }
  | { readonly event: 'trouble'; readonly with: 'server' | 'worker'; readonly reason: string }
  | { readonly event: 'recovered'; readonly with: 'server' | 'worker' }
  | { readonly event: 'waiting'; readonly reason: string }

/** Returns the changes in each event: every state of a step, warning and summary only once. */
export function changeTracker(): (event: FollowEvent) => readonly Change[] {
  const steps = new Map<number, Step['state']>()
  const seen = new Set<string>()
  const summaries = new Map<string, string>()
  const isNew = (...parts: readonly string[]) => {
    const key = parts.join('\0')
    if (seen.has(key)) return false
    seen.add(key)
    return true
  }
  return (event) => {
    if (event.kind !== 'progress') {
      const { kind, ...rest } = event
      return [{ event: kind, ...rest } as Change]
    }
    const changes: Change[] = []
    for (const message of event.status.warnings) {
      if (isNew('warning', message)) changes.push({ event: 'warning', message })
    }
    for (const [index, step] of event.status.steps.entries()) {
      if (steps.get(index) === step.state) continue
      steps.set(index, step.state)
      changes.push({ event: 'step', step })
    }
    for (const { activity, attempt, lastFailure, rollout } of event.pending) {
      if (attempt > 1 && lastFailure !== undefined) {
        if (isNew('retry', activity, String(attempt), lastFailure)) {
          changes.push({ event: 'retry', activity, attempt, failure: lastFailure })
        }
      }
      if (rollout !== undefined && summaries.get(rollout.service) !== rollout.summary) {
        summaries.set(rollout.service, rollout.summary)
        changes.push({ event: 'rollout', service: rollout.service, summary: rollout.summary })
      }
    }
    return changes
  }
}
