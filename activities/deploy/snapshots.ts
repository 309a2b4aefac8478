import type { ObservedService, ObservedServiceDeployment } from '../../rollout/observation.ts'
import type { PollTarget, Poller } from '../polling/poller.ts'

export interface ServiceSnapshot {
  readonly service: ObservedService
  /** When ECS said so, in milliseconds since the epoch. */
  readonly seenAt: number
  /** Without its counts where those of the service are younger. */
  readonly record: ObservedServiceDeployment | undefined
}

/** The cheap looks of one who waits. */
export interface SnapshotSource {
  /** What is known after one more look at what is wanted. */
  next(due: number, wanted: 'service' | 'record'): Promise<ServiceSnapshot>
  /** Forgets what is still asked for. */
  close(): void
}

/** How often a record is asked for that is not there: ECS may be slow to show a new one. */
const mostTries = 3

export interface SnapshotSourceOptions {
  /** While the one is wanted, the other is looked at so often, too, in milliseconds. */
  readonly serviceEveryMs: number
  readonly recordEveryMs: number
  readonly signal: AbortSignal
}

/**
 * Asks for one thing at a time: the service tells what happens, and at last that something has
 * ended; the record is the cheapest to ask for, and says how. Once the service tells of an end, the
 * record is asked for at once.
 */
export function createSnapshotSource(
  poller: Poller,
  what: PollTarget,
  { serviceEveryMs, recordEveryMs, signal }: SnapshotSourceOptions,
): SnapshotSource {
  const closing = new AbortController()
  const until = AbortSignal.any([signal, closing.signal])
  const { clock } = poller
  const { serviceDeploymentArn: arn } = what
  let service: ObservedService | undefined
  let seenAt = 0
  let record: ObservedServiceDeployment | undefined
  let recordAt = 0
  /** The service tells of what the record has not told yet. */
  let turned = false
  let triesLeft = arn === undefined ? 0 : mostTries
  let forService: Promise<void> | undefined
  let forRecord: Promise<void> | undefined

  function askForService(due: number): Promise<void> {
    forService ??= poller
      .service(what, { due, signal: until })
      .then((answer) => {
        service = answer
        seenAt = clock.now()
      })
      .finally(() => {
        forService = undefined
      })
    return forService
  }

  function askForRecord(due: number): Promise<void> {
    forRecord ??= poller
      .record(arn ?? '', { due, signal: until })
      .then((answer) => {
        if (answer === 'unavailable') triesLeft -= 1
        else {
          if (answer.status !== record?.status) turned = false
          record = answer
          recordAt = clock.now()
        }
      })
      .finally(() => {
        forRecord = undefined
      })
    return forRecord
  }

  async function lookAtRecord(due: number): Promise<void> {
    const asks = [askForRecord(due), askForService(Math.max(due, seenAt + serviceEveryMs))]
    // The slower one is kept for the next time; an error in it would show then.
    for (const ask of asks) ask.catch(() => {})
    await Promise.race(asks)
  }

  async function lookAtService(due: number): Promise<void> {
    const before = service
    // The stages of other strategies are in the record alone, and perhaps that somebody stopped it.
    const both =
      record === undefined ||
      before?.strategy !== 'ROLLING' ||
      turned ||
      recordAt + recordEveryMs <= due
    await Promise.all([askForService(due), ...(both && triesLeft > 0 ? [askForRecord(due)] : [])])
    if (record === undefined || before === undefined || !hasTurned(before, service)) return
    turned = true
    if (!both) await askForRecord(clock.now())
  }

  return {
    async next(due, wanted) {
      if (wanted === 'record' && record !== undefined) await lookAtRecord(due)
      else await lookAtService(due)
      if (service === undefined) throw new Error('A look at a service gave nothing.')
      return { service, seenAt, record: seenAt > recordAt ? withoutCounts(record) : record }
    },
    close() {
      closing.abort()
    },
  }
}

/** Of a record that is older than the look at the service, which counts its tasks as well. */
function withoutCounts(record: ObservedServiceDeployment | undefined) {
  if (record === undefined) return undefined
  const { targetTasks: _old, ...rest } = record
  return rest
}

/** Whether a deployment has ended, or another one has taken its place. */
function hasTurned(before: ObservedService | undefined, now: ObservedService | undefined) {
  return headingOf(before) !== headingOf(now) || !headingOf(now).endsWith(' IN_PROGRESS')
}

function headingOf(service: ObservedService | undefined): string {
  const primary = service?.deployments.find(({ status }) => status === 'PRIMARY')
  return `${primary?.id} ${primary?.rolloutState}`
}
