import { isFarFromItsEnd, progressOf } from './progress.ts'
import { wantedCount } from './serving.ts'
import { type Expectation } from './expectation.ts'
import type { Observation, ObservedServiceDeployment, ObservedDeployment } from './observation.ts'
import type { Gap, EcsReason } from './gap.ts'
import { type Verdict } from './verdict.ts'

export function replaced(
  { id, taskDefinition }: ObservedDeployment,
  after?: 'success' | 'rollback',
): Extract<Verdict, { readonly kind: 'replaced' }> {
  const by = { id, taskDefinition }
  return { kind: 'replaced', by, ...(after === undefined ? {} : { after }) }
}

export function failed({ rolloutStateReason }: ObservedDeployment): Verdict {
  const reason = said(rolloutStateReason)
  return { kind: 'failed', cause: { kind: 'deployment failed', reason } }
}

/** What ECS says of a deployment, which has no record's status. */
export function said(rolloutStateReason: string): EcsReason {
  return { said: rolloutStateReason, status: '', alarms: [] }
}

interface Waiting {
  /** Absent where only ECS's word is missing. */
  readonly gap: Gap | undefined
  readonly record?: ObservedServiceDeployment
  readonly nearEnd?: boolean
}

export function waiting(
  observation: Observation,
  expected: Expectation,
  { gap, record, nearEnd }: Waiting,
): Verdict {
  const { runningCount: running, pendingCount } = observation.service
  const wanted = wantedCount(observation, running)
  const missing = gap ?? { kind: 'ECS not done', tasks: { running, wanted } }
  return {
    kind: 'progressing',
    progress: progressOf(observation, expected, missing, record),
    nearEnd: !isFarFromItsEnd(record) && (nearEnd ?? (running >= wanted && pendingCount === 0)),
  }
}

export function succeeded(
  observation: Observation,
  basis: Extract<Verdict, { readonly kind: 'succeeded' }>['basis'],
): Verdict {
  const { runningCount: running, loadBalancers } = observation.service
  const healthyTargets = observation.targets.filter(({ state }) => state === 'healthy').length
  return {
    kind: 'succeeded',
    basis,
    running,
    wanted: wantedCount(observation, running),
    ...(loadBalancers.length === 0 ? {} : { healthyTargets }),
  }
}
