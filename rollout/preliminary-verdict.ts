import {
  primaryOf,
  type ObservedDeployment,
  type ObservedService,
  type ObservedServiceDeployment,
  type ObservedTask,
} from './observation.ts'
import type { Gap } from './gap.ts'
import { isAllThere, isFarFromItsEnd, progressOf, type Progress } from './progress.ts'
import { reasonOf } from './record.ts'
import type { Expectation } from './expectation.ts'

/** What is cheap to ask for, and the tasks as they were when somebody last asked for them. */
export interface Snapshot {
  readonly service: ObservedService
  /** Of the expected deployment. Absent: it has none, or none is known. */
  readonly record: ObservedServiceDeployment | undefined
  readonly tasks: readonly ObservedTask[]
}

export type PreliminaryVerdict =
  /** Whatever the tasks and targets are, the verdict can only be `progressing`. */
  | { readonly kind: 'progressing'; readonly progress: Progress; readonly nearEnd: boolean }
  /** `success`: ECS says that it is done, which tasks and targets must confirm. */
  | { readonly kind: 'inconclusive'; readonly expect: 'success' | 'failure' }

/**
 * Whether a snapshot is enough for now. It never decides how a rollout has ended: that takes `judge`
 * and a full observation. It only says when those could not decide it either.
 */
export function preliminaryVerdict(snapshot: Snapshot, expected: Expectation): PreliminaryVerdict {
  const { service, record } = snapshot
  if (service.status !== 'ACTIVE') return failing
  const primary = primaryOf({ service })
  const ours = primary?.id === expected.deploymentId ? primary : undefined
  const headedForOurs = ours !== undefined && ours.rolloutState !== 'FAILED'
  switch (record?.status) {
    case undefined:
      // A rollback has no record of its own, and some endpoints have none at all.
      if (!headedForOurs) return failing
      return ours.rolloutState === 'IN_PROGRESS' ? underWay(snapshot, ours, expected) : success
    case 'PENDING':
    case 'IN_PROGRESS':
      return headedForOurs ? underWay(snapshot, ours, expected) : failing
    case 'STOP_REQUESTED':
      return progressing(
        snapshot,
        expected,
        { kind: 'ECS is stopping', reason: reasonOf(record) },
        true,
      )
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS': {
      // As long as any other deployment: its own one is PRIMARY.
      const nearEnd = primary !== undefined && primary !== ours && isAllThere(service, primary)
      const gap = { kind: 'ECS is rolling back', reason: reasonOf(record) } as const
      return progressing(snapshot, expected, gap, nearEnd)
    }
    case 'SUCCESSFUL':
      return success
    default:
      return failing
  }
}

const success: PreliminaryVerdict = { kind: 'inconclusive', expect: 'success' }
const failing: PreliminaryVerdict = { kind: 'inconclusive', expect: 'failure' }

function progressing(
  { service, record, tasks }: Snapshot,
  expected: Expectation,
  gap: Gap,
  nearEnd: boolean,
): PreliminaryVerdict {
  const progress = progressOf({ service, tasks }, expected, gap, record)
  return { kind: 'progressing', progress, nearEnd }
}

function underWay(
  snapshot: Snapshot,
  ours: ObservedDeployment,
  expected: Expectation,
): PreliminaryVerdict {
  const { service, record } = snapshot
  // The record's counts come first: they may be newer than the snapshot of the service.
  const wanted = record?.targetTasks?.requested ?? ours.desiredCount
  const running = record?.targetTasks?.running ?? ours.runningCount
  const pending = record?.targetTasks?.pending ?? ours.pendingCount
  const old = service.deployments
    .filter(({ id }) => id !== ours.id)
    .reduce((sum, { runningCount }) => sum + runningCount, 0)
  const gap: Gap =
    running < wanted
      ? { kind: 'tasks', running, wanted }
      : old > 0
        ? { kind: 'other tasks', count: old }
        : { kind: 'ECS not done', tasks: { running, wanted } }
  const slow = isFarFromItsEnd(record)
  const counts = { ...ours, desiredCount: wanted, runningCount: running, pendingCount: pending }
  const nearEnd = !slow && (isAllThere(service, counts) || mayFailNext(snapshot, ours))
  return progressing(snapshot, expected, gap, nearEnd)
}

/** Whether one more task that fails ends it: the circuit breaker would not roll back. */
function mayFailNext(
  { service, record }: Snapshot,
  { failedTasks, desiredCount }: ObservedDeployment,
) {
  const { enable, rollback } = service.circuitBreaker
  if (!enable || rollback) return false
  const { failed, threshold } = record?.breaker ?? {
    failed: failedTasks,
    threshold: usualThreshold(desiredCount),
  }
  return threshold > 0 && failed >= threshold - 1
}

/** ECS developer guide, "How the Amazon ECS deployment circuit breaker detects failures". */
function usualThreshold(desiredCount: number): number {
  return Math.min(200, Math.max(3, Math.ceil(desiredCount / 2)))
}

/**
 * Changes whenever a task of ours fails or ECS reports a problem: then a full poll is worth its price
 * although nothing has ended.
 */
export function failureSigns(service: ObservedService, expected: Expectation): string {
  const ours = service.deployments.find((one) => one.id === expected.deploymentId)
  const complaint = service.events.find(({ message }) => complaints.test(message))
  return `${ours?.failedTasks ?? 0} failed, complaint at ${complaint?.at ?? 0}`
}

const complaints = /unable to|unhealthy|failed|rolling back/

/**
 * Whether nothing has happened to a service between two polls: no task started, stopped or failed, and
 * nobody deployed or scaled. ECS reports every task that starts in an event.
 */
export function isUnchanged(before: ObservedService, now: ObservedService): boolean {
  return stateOf(before) === stateOf(now)
}

function stateOf({ events, ...state }: ObservedService): string {
  return JSON.stringify([state, events[0]])
}
