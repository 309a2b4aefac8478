import type { Client } from '@temporalio/client'
import { isOutcome, type Outcome } from '../contract/outcome.ts'
import type { ReleaseMemo } from '../contract/releases.ts'
import type { ReleaseRequest } from '../contract/requests.ts'
import { outcomeKey } from '../contract/search-attributes.ts'

/** A release that has ended, as Temporal's visibility lists it. Milliseconds since the epoch. */
export interface EndedRelease {
  readonly id: string
  readonly kind: ReleaseRequest['kind']
  readonly outcome: Outcome
  readonly startedAt: number
  readonly endedAt: number
  readonly committedAt?: number
}

/**
 * The four measures of the DORA research for one environment and span of time. What there is
 * nothing to measure of is absent, rather than 0.
 */
export interface Metrics {
  readonly days: number
  /** Deploys that went live. */
  readonly deployments: number
  readonly deploymentsPerDay: number
  /** Median from commit to live, in milliseconds. */
  readonly leadTimeMs?: number
  /**
   * Of the deploys that changed something, the share that failed: taken back by Slipway, or rolled
   * back by hand before the next one went live. 0 to 1.
   */
  readonly changeFailureRate?: number
  /** Median from the start of a failed change to a good release running again, in milliseconds. */
  readonly timeToRestoreMs?: number
}

/** The measures of these releases, in any order, for a span of so many days. */
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

/** The outcomes of a deploy that has touched something by itself. */
const changed: ReadonlySet<Outcome> = new Set(['succeeded', 'rolled_back', 'rollback_failed'])

function isFailure(deploy: EndedRelease, inOrder: readonly EndedRelease[]): boolean {
  return deploy.outcome !== 'succeeded' || rollbackOf(deploy, inOrder) !== undefined
}

/** The rollback by hand that took a deploy back, before another one went live. */
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

/** The releases of an environment that ended since a moment, from Temporal's visibility. */
export async function endedReleases(
  client: Client,
  environment: string,
  since: number,
): Promise<readonly EndedRelease[]> {
  const name = environment.replaceAll(/["'\\]/g, '')
  const query =
    `WorkflowType = "release" AND SlipwayEnvironment = "${name}" ` +
    `AND CloseTime > "${new Date(since).toISOString()}"`
  const found: EndedRelease[] = []
  for await (const info of client.workflow.list({ query })) {
    const outcome = info.typedSearchAttributes.get(outcomeKey)
    // One that was terminated has none.
    if (!isOutcome(outcome) || info.closeTime === undefined) continue
    const memo = (info.memo ?? {}) as Partial<ReleaseMemo>
    found.push({
      id: info.workflowId,
      kind: memo.kind ?? 'deploy',
      outcome,
      startedAt: info.startTime.getTime(),
      endedAt: info.closeTime.getTime(),
      ...(memo.committedAt === undefined ? {} : { committedAt: memo.committedAt }),
    })
  }
  return found
}
