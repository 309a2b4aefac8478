import assert from 'node:assert/strict'
import type { Observation, ObservedServiceDeployment } from '../../../../rollout/observation.ts'
import type { Verdict } from '../../../../rollout/verdict.ts'
import { deploymentWith, observationWith, oldRevision, recordWith } from '../observations.ts'

/** The gap of a rollout that is not over, and whether its end is near. */
export function underWay(verdict: Verdict) {
  assert.ok(verdict.kind === 'progressing', verdict.kind)
  return [verdict.progress.gap, verdict.nearEnd]
}

export const without = { serviceDeployments: 'unavailable' } as const
export const reason = (status: string, said = '') => ({ said, status, alarms: [] })
export const by = { id: 'ecs-svc/3', taskDefinition: oldRevision }
export const inProgress = deploymentWith({ rolloutState: 'IN_PROGRESS' })

/** A rollout whose record has this status. */
export function recorded(
  status: string,
  {
    record = {},
    ...changes
  }: Parameters<typeof observationWith>[0] & {
    readonly record?: Partial<ObservedServiceDeployment>
  } = {},
): Observation {
  return observationWith({
    serviceDeployments: [{ ...recordWith({ status, statusReason: 'because' }), ...record }],
    ...changes,
  })
}
