import { ApplicationFailure, CancellationScope } from '@temporalio/workflow'
import type { AddressedReleaseNotification } from '../../contract/notifications.ts'
import { notificationActivities } from '../temporal/activity-proxies.ts'
import { keyOf, receiverName } from './state/outbox.ts'
import { causeOf, failureMessage } from '../temporal/failure.ts'
import { oneLine } from '../../text/short.ts'

/** Delivers notifications in the background: no release waits for one, fails or is cancelled with one. */
export interface NotificationDispatcher {
  /** Sets out with those that are not under way yet. */
  take(unsent: readonly AddressedReleaseNotification[]): void
  /** Whether something is still under way: a run that ended now would not learn how it ended. */
  isBusy(): boolean
  /**
   * Lets nothing begin any more. What is being tried at this moment comes to its end, in seconds;
   * what was to be tried later is left for the next run of the workflow.
   */
  close(): void
}

export interface DeliveryEvents {
  readonly arrived: (addressed: AddressedReleaseNotification) => void
  readonly givenUp: (addressed: AddressedReleaseNotification, reason: string) => void
}

/** A notification that comes later than this is of no use to anybody. */
const patienceMs = 6 * 60 * 60_000

/**
 * Opens it. For one release and one receiver, a notification sets out once the one before has arrived or
 * is given up, so that nobody hears of an end before the beginning.
 */
export function openNotificationDispatcher({
  arrived,
  givenUp,
}: DeliveryEvents): NotificationDispatcher {
  // Made here, so that it belongs to the workflow and not to the release that happens to run.
  const scope = new CancellationScope()
  const underWay = new Set<string>()
  const lastOfLine = new Map<string, Promise<void>>()
  let isClosed = false

  async function deliver(addressed: AddressedReleaseNotification): Promise<void> {
    const { notification } = addressed
    const summary = oneLine(
      `${receiverName(addressed)}: ${notification.event} ${notification.environment}`,
    )
    try {
      await notificationActivities(
        summary,
        Math.max(1_000, notification.at + patienceMs - Date.now()),
      ).notify(addressed)
      arrived(addressed)
    } catch (failure) {
      if (!isClosed || isFinal(failure)) givenUp(addressed, oneLine(failureMessage(failure), 500))
    }
  }

  function setOut(addressed: AddressedReleaseNotification): void {
    const key = keyOf(addressed)
    const line = lineOf(addressed)
    const before = lastOfLine.get(line)
    underWay.add(key)
    const done = scope
      .run(async () => {
        await before
        await deliver(addressed)
      })
      .finally(() => {
        underWay.delete(key)
        if (lastOfLine.get(line) === done) lastOfLine.delete(line)
      })
    lastOfLine.set(line, done)
  }

  return {
    take(unsent) {
      if (isClosed) return
      for (const one of unsent) if (!underWay.has(keyOf(one))) setOut(one)
    },
    isBusy: () => underWay.size > 0,
    close() {
      isClosed = true
      scope.cancel()
    },
  }
}

function lineOf(addressed: AddressedReleaseNotification): string {
  return `${addressed.notification.release.id} ${receiverName(addressed)}`
}

function isFinal(failure: unknown): boolean {
  const cause = causeOf(failure)
  return cause instanceof ApplicationFailure && cause.nonRetryable === true
}
