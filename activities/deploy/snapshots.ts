import {
  primaryOf,
  type ObservedService,
  type ObservedServiceDeployment,
} from '../../rollout/observation.ts'
import type { PollTarget, Poller } from '../polling/poller.ts'
import { readOr } from '../polling/read-part.ts'

export interface ServiceSnapshot {
  readonly service: ObservedService
  /** When ECS answered with `service`, in milliseconds since the epoch. */
  readonly seenAt: number
  /** Without its task counts if those of the service are newer. */
  readonly record: ObservedServiceDeployment | undefined
}

/** The cheap polls of one wait. */
export interface SnapshotSource {
  /** Polls the subject once more, and gives the newest known service and record. */
  next(due: number, subject: 'service' | 'record'): Promise<ServiceSnapshot>
  /** Cancels the requests that are still pending. */
  close(): void
}

/** How often a missing record is asked for: ECS may be slow to show a new one. */
const maxRecordAttempts = 3

export interface SnapshotSourceOptions {
  /** While the record is the subject, the service is polled this often too, in milliseconds. */
  readonly serviceEveryMs: number
  /** While the service is the subject, the record is polled this often too, in milliseconds. */
  readonly recordEveryMs: number
  readonly signal: AbortSignal
}

/**
 * Polls one thing at a time. The service shows what happens, and at last that the deployment has
 * ended; the record is the cheapest to poll, and says how it ended. Once the service shows an end,
 * the record is polled at once.
 */
export function createSnapshotSource(
  poller: Poller,
  target: PollTarget,
  { serviceEveryMs, recordEveryMs, signal }: SnapshotSourceOptions,
): SnapshotSource {
  const closing = new AbortController()
  const until = AbortSignal.any([signal, closing.signal])
  const { clock } = poller
  const { serviceDeploymentArn: arn } = target
  let service: ObservedService | undefined
  let seenAt = 0
  let record: ObservedServiceDeployment | undefined
  let recordAt = 0
  /** The service shows a turn that the record does not show yet. */
  let turned = false
  let attemptsLeft = arn === undefined ? 0 : maxRecordAttempts
  let pendingService: Promise<void> | undefined
  let pendingRecord: Promise<void> | undefined

  function requestService(due: number): Promise<void> {
    pendingService ??= poller
      .service(target, { due, signal: until })
      .then((answer) => {
        service = answer
        seenAt = clock.now()
      })
      .finally(() => {
        pendingService = undefined
      })
    return pendingService
  }

  function requestRecord(due: number): Promise<void> {
    const timing = { due, signal: until }
    pendingRecord ??= readOr(poller.record(arn ?? '', timing), { target, timing })
      .then((answer = 'unavailable') => {
        if (answer === 'unavailable') attemptsLeft -= 1
        else {
          if (answer.status !== record?.status) turned = false
          record = answer
          recordAt = clock.now()
        }
      })
      .finally(() => {
        pendingRecord = undefined
      })
    return pendingRecord
  }

  async function pollRecord(due: number): Promise<void> {
    const requests = [requestRecord(due), requestService(Math.max(due, seenAt + serviceEveryMs))]
    // The slower one stays pending for the next poll, where an error in it would show.
    for (const request of requests) request.catch(() => {})
    await Promise.race(requests)
  }

  async function pollService(due: number): Promise<void> {
    const before = service
    // Only the record shows the stages of other strategies, and perhaps that somebody stopped it.
    const both =
      record === undefined ||
      before?.strategy !== 'ROLLING' ||
      turned ||
      recordAt + recordEveryMs <= due
    await Promise.all([
      requestService(due),
      ...(both && attemptsLeft > 0 ? [requestRecord(due)] : []),
    ])
    if (record === undefined || before === undefined || !hasTurned(before, service)) return
    turned = true
    if (!both) await requestRecord(clock.now())
  }

  return {
    async next(due, subject) {
      if (subject === 'record' && record !== undefined) await pollRecord(due)
      else await pollService(due)
      if (service === undefined) throw new Error('A poll of a service gave nothing.')
      return { service, seenAt, record: seenAt > recordAt ? withoutCounts(record) : record }
    },
    close() {
      closing.abort()
    },
  }
}

/** For a record that is older than the service, which counts its tasks as well. */
function withoutCounts(record: ObservedServiceDeployment | undefined) {
  if (record === undefined) return undefined
  const { targetTasks: _old, ...rest } = record
  return rest
}

/** Whether the deployment has ended, or another one has replaced it. */
function hasTurned(before: ObservedService | undefined, now: ObservedService | undefined) {
  return headingOf(before) !== headingOf(now) || !headingOf(now).endsWith(' IN_PROGRESS')
}

function headingOf(service: ObservedService | undefined): string {
  const primary = service && primaryOf({ service })
  return `${primary?.id} ${primary?.rolloutState}`
}
