import type { Outcome } from '../contract/outcome.ts'
import type { EndedRelease } from './ended-releases.ts'

/**
 * The four DORA metrics of one environment over a number of days. A metric that nothing can be
 * computed from is absent, rather than 0.
 */
export interface Metrics {
  readonly days: number
  /** Deploys that went live. */
  readonly deployments: number
  readonly deploymentsPerDay: number
  /** Median from commit to live, in milliseconds. */
  readonly leadTimeMs?: number
  /**
   * Of the deploys that changed something, the share that failed: rolled back by Slipway, or by a
   * person before the next one went live. 0 to 1.
   */
  readonly changeFailureRate?: number
  /** Median from the start of a failed change to a good release running again, in milliseconds. */
  readonly timeToRestoreMs?: number
}

/** The metrics of these releases, in any order, which ended within a number of days. */
export function metricsOf(releases: readonly EndedRelease[], days: number): Metrics {
  const inOrder = releases.toSorted((a, b) => a.endedAt - b.endedAt)
  const deploys = inOrder.filter(({ kind }) => kind === 'deploy')
  const live = deploys.filter(({ outcome }) => outcome === 'succeeded')
  const changes = deploys.filter(({ outcome }) => changed.has(outcome))
  const failures = changes.filter((one) => isFailure(one, inOrder))
  const leads = live.flatMap(({ committedAt, endedAt }) =>
    committedAt === undefined ? [] : [endedAt - committedAt],
  )
  const restored = failures.flatMap((failure) => {
    const at = restoredAt(failure, inOrder)
    return at === undefined ? [] : [at - failure.startedAt]
  })
  return {
    days,
    deployments: live.length,
    deploymentsPerDay: live.length / days,
    ...named('leadTimeMs', median(leads)),
    ...named(
      'changeFailureRate',
      changes.length === 0 ? undefined : failures.length / changes.length,
    ),
    ...named('timeToRestoreMs', median(restored)),
  }
}

/** The outcomes of a deploy that changed something. */
const changed: ReadonlySet<Outcome> = new Set(['succeeded', 'rolled_back', 'rollback_failed'])

function isFailure(deploy: EndedRelease, inOrder: readonly EndedRelease[]): boolean {
  return deploy.outcome !== 'succeeded' || rollbackOf(deploy, inOrder) !== undefined
}

/** The requested rollback of a deploy, before another deploy went live. */
function rollbackOf(
  deploy: EndedRelease,
  inOrder: readonly EndedRelease[],
): EndedRelease | undefined {
  const next = inOrder
    .slice(inOrder.indexOf(deploy) + 1)
    .find(({ kind, outcome }) => outcome === 'succeeded' && kind !== 'redeploy')
  return next?.kind === 'rollback' ? next : undefined
}

function restoredAt(failure: EndedRelease, inOrder: readonly EndedRelease[]): number | undefined {
  if (failure.outcome === 'rolled_back') return failure.endedAt
  if (failure.outcome === 'succeeded') return rollbackOf(failure, inOrder)?.endedAt
  return inOrder
    .slice(inOrder.indexOf(failure) + 1)
    .find(({ kind, outcome }) => outcome === 'succeeded' && kind !== 'redeploy')?.endedAt
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

function named<Name extends string>(
  name: Name,
  value: number | undefined,
): Partial<Record<Name, number>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, number>)
}
