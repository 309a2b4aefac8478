import type { Snapshot } from './preliminary-verdict.ts'
import { milestones, passedSince, spansToEnd, type Milestone } from './milestones.ts'
import { primaryOf, type ObservedDeployment, type ObservedService } from './observation.ts'
import { isPaused } from './progress.ts'

/** When a deployment may end. Milliseconds since the epoch. */
export interface ExpectedEnd {
  /** As far as known, not before this. */
  readonly earliest: number
  /** No known deployment took longer. */
  readonly latest: number
}

export interface TimingEvidence extends Pick<Snapshot, 'service' | 'record'> {
  /** When ECS answered with `service`, in milliseconds since the epoch. */
  readonly seenAt: number
  /** How long earlier deployments of this service took from end to end, in milliseconds. */
  readonly earlierMs: readonly number[]
}

/**
 * When the PRIMARY deployment of a service, which may be ECS's own rollback, is likely to end:
 * estimated from how long earlier deployments of the service took from the last passed milestone to
 * the end, and from the milestones that are still missing. Undefined if nothing is known.
 *
 * It does not foresee failures, people, or what ECS does for the first time, so a caller must still
 * poll now and then.
 */
export function expectedEnd(evidence: TimingEvidence): ExpectedEnd | undefined {
  const { service, record, seenAt } = evidence
  const current = primaryOf({ service })
  if (current?.rolloutState !== 'IN_PROGRESS' || isPaused(record)) return undefined
  const steps = stepsOf(evidence, current)
  const reached = steps.findLast(({ at }) => at !== undefined)
  const ahead = steps.filter(({ isAhead }) => isAhead).flatMap(({ range }) => range ?? [])
  const estimates = [
    ...(reached?.range === undefined ? [] : [shifted(reached.range, reached.at ?? seenAt)]),
    ...ahead.map((range) => shifted(range, seenAt)),
  ]
  if (estimates.length === 0) return undefined
  return {
    earliest: Math.max(...estimates.map(({ earliest }) => earliest)),
    latest: Math.max(...estimates.map(({ latest }) => latest)),
  }
}

interface Step {
  /** When it was passed; undefined if not yet, or not by all the tasks that it concerns. */
  readonly at: number | undefined
  /** Whether it must still come. */
  readonly isAhead: boolean
  /** How long it takes from there to the end; undefined if unknown. */
  readonly range: Range | undefined
}

/** From the beginning to the last milestone. */
function stepsOf(
  { service, earlierMs, record }: TimingEvidence,
  current: ObservedDeployment,
): Step[] {
  const spans = spansToEnd(service.events, current.createdAt)
  const passed = passedSince(service.events, current.createdAt)
  const hasHistory = milestones.some((one) => spans[one].length > 0)
  const ahead = missingMilestones(service, current)
  // A rollback is only part of a service deployment, so whole ones do not measure it.
  const isWhole = record === undefined || record.createdAt + 2_000 >= current.createdAt
  const beginning: Step = {
    at: current.createdAt,
    isAhead: false,
    range: isWhole ? usualRange(earlierMs) : undefined,
  }
  // With many tasks, the events do not reach back to the last deployment.
  if (!hasHistory) return [beginning]
  const steps = milestones.map((one) => ({
    at: ahead.has(one) ? undefined : passed[one],
    isAhead: ahead.has(one),
    range: usualRange(spans[one]),
  }))
  return [beginning, ...steps]
}

/** Milestones that some task has yet to pass, by the counts of the deployments. */
function missingMilestones(service: ObservedService, current: ObservedDeployment): Set<Milestone> {
  const { desiredCount: wanted, runningCount: running, pendingCount: pending } = current
  const others = service.deployments.filter((one) => one !== current)
  const left = others.reduce((sum, one) => sum + one.runningCount + one.pendingCount, 0)
  const ahead = new Set<Milestone>()
  if (running + pending < wanted) ahead.add('started')
  if (running < wanted || pending > 0) ahead.add('registered')
  // ECS no longer counts a task that drains.
  if (left > 0) ahead.add('stopped').add('draining')
  return ahead
}

interface Range {
  readonly least: number
  readonly most: number
}

/**
 * The usual range of some time spans, with a margin for the next one: half of their spread, and more
 * if there are few. A span far from the others is left out, since it measures something else.
 */
export function usualRange(spans: readonly number[]): Range | undefined {
  const sorted = spans.toSorted((one, other) => one - other)
  const middle = sorted[Math.floor((sorted.length - 1) / 2)]
  if (middle === undefined) return undefined
  const usual = sorted.filter((span) => span >= middle / 2 && span <= middle * 2)
  const [least = middle] = usual
  const most = usual.at(-1) ?? middle
  const margin = Math.max((most - least) / 2, (0.15 * middle) / usual.length, leastMarginMs)
  return { least: Math.max(0, least - margin), most: most + margin }
}

const leastMarginMs = 500

function shifted({ least, most }: Range, by: number): ExpectedEnd {
  return { earliest: by + least, latest: by + most }
}
