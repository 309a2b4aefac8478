import type { FollowEvent } from '../../../../client/index.ts'
import type { ReleaseStatus, Step } from '../../../../contract/releases.ts'

const status = (steps: readonly Step[], warnings: readonly string[] = []): ReleaseStatus => ({
  id: 'release/production/3f2c1ab4d5e6',
  kind: 'deploy',
  project: 'mailman',
  environment: 'production',
  summary: 'mailman 3f2c1ab → production',
  requestedBy: 'ann@laptop',
  startedAt: 0,
  steps,
  warnings,
})

/** A progress event of a running release. */
export const progress = (
  steps: readonly Step[],
  more: {
    warnings?: string[]
    pending?: Extract<FollowEvent, { kind: 'progress' }>['pending']
  } = {},
): Extract<FollowEvent, { kind: 'progress' }> => ({
  kind: 'progress',
  status: status(steps, more.warnings),
  pending: more.pending ?? [],
})

export const building: Step = { name: 'build', subject: 'api', state: 'running', startedAt: 1_000 }
export const built: Step = { ...building, state: 'done', endedAt: 13_300, note: 'in the engine' }
export const waiting: Step = { name: 'wait', subject: 'api', state: 'running', startedAt: 20_000 }
export const pendingWait = {
  activity: 'waitForRollout',
  attempt: 1,
  rollout: { service: 'api', summary: '1 of 2 tasks running', observedAt: 0 },
}
