import type { ObservedService, ObservedServiceDeployment } from '../rollout/observation.ts'
import type { LookAt, Poller } from './polling/poller.ts'

/** The cheap looks of one who waits. */
export interface Glimpses {
  /** What is known after the next answer, be it about the record or about the service. */
  next(due: number): Promise<{
    readonly service: ObservedService
    readonly record: ObservedServiceDeployment | undefined
  }>
  /** Forgets what is still asked for. */
  close(): void
}

/** How often a record is asked for that is not there: ECS may be slow to show a new one. */
const mostTries = 3

/**
 * Asks for the record when it is due, which is the cheapest of all looks and the first to know of
 * an end; and for the service no more often than each `serviceEveryMs`, unless there is no record.
 */
export function createGlimpses(
  poller: Poller,
  what: LookAt,
  { serviceEveryMs, signal }: { readonly serviceEveryMs: number; readonly signal: AbortSignal },
): Glimpses {
  const closing = new AbortController()
  const until = AbortSignal.any([signal, closing.signal])
  const { clock } = poller
  const { serviceDeploymentArn: arn } = what
  let service: ObservedService | undefined
  let serviceAt = 0
  let record: ObservedServiceDeployment | undefined
  let triesLeft = arn === undefined ? 0 : mostTries
  let forService: Promise<void> | undefined
  let forRecord: Promise<void> | undefined

  function askForService(due: number): Promise<void> {
    forService ??= poller
      .service(what, { due, signal: until })
      .then((answer) => {
        service = answer
        serviceAt = clock.now()
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
        else record = answer
      })
      .finally(() => {
        forRecord = undefined
      })
    return forRecord
  }

  return {
    async next(due) {
      if (service === undefined) await askForService(due)
      if (record === undefined) {
        const again = serviceAt < due ? askForService(due) : undefined
        if (triesLeft > 0) await askForRecord(due)
        await again
      } else {
        const asks = [askForRecord(due), askForService(Math.max(due, serviceAt + serviceEveryMs))]
        // The slower one is kept for the next time; an error in it would show then.
        for (const ask of asks) ask.catch(() => {})
        await Promise.race(asks)
      }
      if (service === undefined) throw new Error('A look at a service gave nothing.')
      return { service, record }
    },
    close() {
      closing.abort()
    },
  }
}
