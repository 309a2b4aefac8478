import type { Snapshot } from './preliminary-verdict.ts'
import { milestones, passedSince, spansToEnd, type Milestone } from './milestones.ts'
import { primaryOf, type ObservedDeployment, type ObservedService } from './observation.ts'
import { isPaused } from './progress.ts'

/** When a deployment may end. Milliseconds since the epoch. */
export interface ExpectedEnd {
  /** Not before it, as far as anything tells. */
  readonly earliest: number
  /** None that is known took longer. */
  readonly latest: number
}

export interface TimingEvidence extends Pick<Snapshot, 'service' | 'record'> {
  /** When ECS said what `service` holds, in milliseconds since the epoch. */
  readonly seenAt: number
  /** How long earlier deployments of this service took from end to end, in milliseconds. */
  readonly earlierMs: readonly number[]
}

/**
 * When the deployment that a service is headed for may end, ECS's own rollback included: from how
 * long it took the same service before from the same milestone on, and from what must still happen
 * and never happened quicker. Undefined where nothing tells.
 *
 * It is a guess, and says nothing of failures, of people and of what ECS does for the first time.
 * Whoever follows it must look now and then all the same.
 */
export function expectedEnd(evidence: TimingEvidence): ExpectedEnd | undefined {
  const { service, record, seenAt } = evidence
  const current = primaryOf({ service })
  if (current?.rolloutState !== 'IN_PROGRESS' || isPaused(record)) return undefined
  const steps = stepsOf(evidence, current)
  const reached = steps.findLast(({ at }) => at !== undefined)
  const ahead = steps.filter(({ isAhead }) => isAhead).flatMap(({ range }) => range ?? [])
  const guesses = [
    ...(reached?.range === undefined ? [] : [shifted(reached.range, reached.at ?? seenAt)]),
    ...ahead.map((range) => shifted(range, seenAt)),
  ]
  if (guesses.length === 0) return undefined
  return {
    earliest: Math.max(...guesses.map(({ earliest }) => earliest)),
    latest: Math.max(...guesses.map(({ latest }) => latest)),
  }
}

interface Step {
  /** When it was passed; undefined where it was not, or not yet by all the tasks it concerns. */
  readonly at: number | undefined
  /** It must still come. */
  readonly isAhead: boolean
  /** How long it takes from there to the end; undefined where nobody knows. */
  readonly range: Range | undefined
}

/** From the beginning to the last milestone. */
function stepsOf(
  { service, earlierMs, record }: TimingEvidence,
  current: ObservedDeployment,
): Step[] {
  const spans = spansToEnd(service.events, current.createdAt)
  const passed = passedSince(service.events, current.createdAt)
  const known = milestones.some((one) => spans[one].length > 0)
  const ahead = whatIsAhead(service, current)
  // A rollback is a part of a service deployment only, so no whole one is its measure.
  const isWhole = record === undefined || record.createdAt + 2_000 >= current.createdAt
  const begun: Step = {
    at: current.createdAt,
    isAhead: false,
    range: isWhole ? usualRange(earlierMs) : undefined,
  }
  // Of a service of many tasks the events do not reach back to the last deployment.
  if (!known) return [begun]
  const steps = milestones.map((one) => ({
    at: ahead.has(one) ? undefined : passed[one],
    isAhead: ahead.has(one),
    range: usualRange(spans[one]),
  }))
  return [begun, ...steps]
}

/** Milestones that some task has yet to pass, by the counts of the deployments. */
function whatIsAhead(service: ObservedService, current: ObservedDeployment): Set<Milestone> {
  const { desiredCount: wanted, runningCount: running, pendingCount: pending } = current
  const others = service.deployments.filter((one) => one !== current)
  const left = others.reduce((sum, one) => sum + one.runningCount + one.pendingCount, 0)
  const ahead = new Set<Milestone>()
  if (running + pending < wanted) ahead.add('started')
  if (running < wanted || pending > 0) ahead.add('registered')
  // ECS counts a task that drains no more.
  if (left > 0) ahead.add('stopped').add('draining')
  return ahead
}

interface Range {
  readonly least: number
  readonly most: number
}

/**
 * What is usual among some spans of time, with a margin for the next one: as much as half of what
 * they differ by, and more where there are few. One that is far from the others is left out: it
 * began with something else.
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
