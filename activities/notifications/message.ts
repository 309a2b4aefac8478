import { durationText, momentText } from '../../text/times.ts'
import { pageOf } from '../../text/temporal-ui.ts'
import { outcomeSigns, outcomeWords } from '../../text/outcome-words.ts'
import type { Notification, OutcomeNotification } from '../../contract/notifications.ts'

/** A notification in words, in the order in which a reader needs them. */
export interface Message {
  readonly sign: string
  /** `rolled back after 3 min 20 s` */
  readonly headline: string
  /** `mailman 3f2c1ab → production: Add organization id to inboxes` */
  readonly about: string
  readonly lines: readonly string[]
  /** Commands to run next. */
  readonly commands: readonly string[]
  readonly requestedBy: string
  readonly reason?: string
  /** URL of its page in the Temporal UI; absent if the UI's address is unknown. */
  readonly page?: string
}

/** Address of the Temporal UI, and the namespace of the release. */
export interface TemporalUi {
  readonly temporalUi?: string | undefined
  readonly namespace: string
}

export function buildMessage(notification: Notification, ui: TemporalUi): Message {
  const { environment } = notification
  const { requestedBy } = notification.event === 'test' ? notification : notification.release
  const page = pageOf(
    ui.temporalUi ?? notification.temporalUi,
    ui.namespace,
    workflowIdOf(notification),
  )
  return {
    ...contentOf(notification),
    about:
      notification.event === 'test'
        ? `${notification.project} → ${environment}`
        : notification.summary,
    requestedBy,
    ...('reason' in notification ? { reason: notification.reason } : {}),
    ...(page === undefined ? {} : { page }),
  }
}

/** A release that has not started has no workflow yet: its page is the environment's. */
function workflowIdOf(notification: Notification): string {
  const hasStarted =
    notification.event === 'started' ||
    (notification.event === 'outcome' && notification.startedAt !== undefined)
  return hasStarted ? notification.release.id : `environment/${notification.environment}`
}

type Content = Pick<Message, 'sign' | 'headline' | 'lines' | 'commands'>

function contentOf(notification: Notification): Content {
  const { environment } = notification
  switch (notification.event) {
    case 'started':
      return {
        sign: '🚀',
        headline: 'started',
        lines: [],
        commands: [`slipway wait ${environment}`],
      }
    case 'approval_needed':
      return {
        sign: '✋',
        headline: 'waits for an approval',
        lines: [`Without an approval it is rejected at ${momentText(notification.until)}.`],
        commands: [
          `slipway approve ${environment} --release ${notification.release.id}`,
          `slipway reject ${environment} --release ${notification.release.id} --reason '…'`,
        ],
      }
    case 'outcome':
      return outcomeContent(notification)
    case 'test':
      return {
        sign: '🔔',
        headline: 'this is a test',
        lines: ['Nothing was released. This environment sends its notifications here.'],
        commands: [],
      }
  }
}

function outcomeContent(notification: OutcomeNotification): Content {
  const { outcome, message, cause, startedAt, at, release, environment } = notification
  const duration = startedAt === undefined ? '' : ` after ${durationText(at - startedAt)}`
  const words = `${outcomeWords[outcome]}${duration}`
  const explain =
    startedAt === undefined || successful.has(outcome) ? [] : [`slipway explain ${release.id}`]
  return {
    sign: outcomeSigns[outcome],
    headline: outcome === 'rollback_failed' ? `${words}: A PERSON IS NEEDED NOW` : words,
    lines: [message, ...(cause === undefined || cause === '' ? [] : [`Cause: ${cause}`])],
    commands:
      outcome === 'rollback_failed' ? [...explain, `slipway status ${environment}`] : explain,
  }
}

/** Outcomes that need no explanation. */
const successful: ReadonlySet<OutcomeNotification['outcome']> = new Set(['succeeded', 'unchanged'])
