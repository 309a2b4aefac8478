import { ApplicationFailure, CancellationScope } from '@temporalio/workflow'
import type { AddressedReleaseNotification } from '../../contract/notifications.ts'
import { notificationActivities } from '../temporal/activity-proxies.ts'
import { keyOf, receiverName } from './state/outbox.ts'
import { causeOf, failureMessage } from '../temporal/failure.ts'
import { oneLine } from '../../text/short.ts'

/** Sends notifications in the background: no release waits for one, or fails or is cancelled with one. */
export interface NotificationDispatcher {
  /** Starts to send those that are not being sent yet. */
  send(unsent: readonly AddressedReleaseNotification[]): void
  /** Whether something is being sent: a run that ended now would not learn whether it arrived. */
  isBusy(): boolean
  /**
   * Starts nothing any more. Attempts in progress end within seconds; later attempts are left to the
   * next run of the workflow.
   */
  close(): void
}

export interface DeliveryEvents {
  readonly arrived: (addressed: AddressedReleaseNotification) => void
  readonly givenUp: (addressed: AddressedReleaseNotification, reason: string) => void
}

/** A notification that arrives later than this is useless. */
const expiryMs = 6 * 60 * 60_000

/**
 * Notifications of one release to one receiver are sent in order: each once the one before has arrived
 * or is given up, so that no receiver learns of the end before the start.
 */
export function openNotificationDispatcher({
  arrived,
  givenUp,
}: DeliveryEvents): NotificationDispatcher {
  // Created here, so that it belongs to the workflow and not to the running release.
  const scope = new CancellationScope()
  const inProgress = new Set<string>()
  const lastOfSequence = new Map<string, Promise<void>>()
  let isClosed = false

  async function deliver(addressed: AddressedReleaseNotification): Promise<void> {
    const { notification } = addressed
    const summary = oneLine(
      `${receiverName(addressed)}: ${notification.event} ${notification.environment}`,
    )
    try {
      await notificationActivities(
        summary,
        Math.max(1_000, notification.at + expiryMs - Date.now()),
      ).notify(addressed)
      arrived(addressed)
    } catch (failure) {
      if (!isClosed || isFinal(failure)) givenUp(addressed, oneLine(failureMessage(failure), 500))
    }
  }

  function send(addressed: AddressedReleaseNotification): void {
    const key = keyOf(addressed)
    const sequence = sequenceOf(addressed)
    const before = lastOfSequence.get(sequence)
    inProgress.add(key)
    const done = scope
      .run(async () => {
        await before
        await deliver(addressed)
      })
      .finally(() => {
        inProgress.delete(key)
        if (lastOfSequence.get(sequence) === done) lastOfSequence.delete(sequence)
      })
    lastOfSequence.set(sequence, done)
  }

  return {
    send(unsent) {
      if (isClosed) return
      for (const one of unsent) if (!inProgress.has(keyOf(one))) send(one)
    },
    isBusy: () => inProgress.size > 0,
    close() {
      isClosed = true
      scope.cancel()
    },
  }
}

function sequenceOf(addressed: AddressedReleaseNotification): string {
  return `${addressed.notification.release.id} ${receiverName(addressed)}`
}

function isFinal(failure: unknown): boolean {
  const cause = causeOf(failure)
  return cause instanceof ApplicationFailure && cause.nonRetryable === true
}
