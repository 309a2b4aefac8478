import { durationText, momentText } from '../../text/times.ts'
import { pageOf } from '../../text/temporal-ui.ts'
import { outcomeSigns, outcomeWords } from '../../text/outcome-words.ts'
import type { Notice, OutcomeNotice } from '../../contract/notices.ts'

/** A notice in words, in the order in which a person needs them. */
export interface Message {
  readonly sign: string
  /** `rolled back after 3 min 20 s` */
  readonly headline: string
  /** What it is about: `mailman 3f2c1ab → production: Add organization id to inboxes`. */
  readonly about: string
  readonly lines: readonly string[]
  /** What to run next. */
  readonly commands: readonly string[]
  readonly requestedBy: string
  readonly reason?: string
  /** Its page in the Temporal UI, where that is known. */
  readonly page?: string
}

/** Where the Temporal UI is, and which namespace the release is in. */
export interface Place {
  readonly temporalUi?: string | undefined
  readonly namespace: string
}

export function buildMessage(notice: Notice, place: Place): Message {
  const { environment } = notice
  const { requestedBy } = notice.event === 'test' ? notice : notice.release
  const page = pageOf(place.temporalUi ?? notice.temporalUi, place.namespace, workflowOf(notice))
  return {
    ...said(notice),
    about: notice.event === 'test' ? `${notice.project} → ${environment}` : notice.summary,
    requestedBy,
    ...('reason' in notice ? { reason: notice.reason } : {}),
    ...(page === undefined ? {} : { page }),
  }
}

/** What has not started has no workflow of its own: the environment's tells of it. */
function workflowOf(notice: Notice): string {
  const hasStarted =
    notice.event === 'started' || (notice.event === 'outcome' && notice.startedAt !== undefined)
  return hasStarted ? notice.release.id : `environment/${notice.environment}`
}

type Said = Pick<Message, 'sign' | 'headline' | 'lines' | 'commands'>

function said(notice: Notice): Said {
  const { environment } = notice
  switch (notice.event) {
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
        lines: [`Without one it is rejected at ${momentText(notice.until)}.`],
        commands: [
          `slipway approve ${environment} --release ${notice.release.id}`,
          `slipway reject ${environment} --release ${notice.release.id} --reason '…'`,
        ],
      }
    case 'outcome':
      return ended(notice)
    case 'test':
      return {
        sign: '🔔',
        headline: 'this is a test',
        lines: ['Nothing was released. Notifications of this environment arrive here.'],
        commands: [],
      }
  }
}

function ended(notice: OutcomeNotice): Said {
  const { outcome, message, cause, startedAt, at, release, environment } = notice
  const took = startedAt === undefined ? '' : ` after ${durationText(at - startedAt)}`
  const words = `${outcomeWords[outcome]}${took}`
  const explain =
    startedAt === undefined || fine.has(outcome) ? [] : [`slipway explain ${release.id}`]
  return {
    sign: outcomeSigns[outcome],
    headline: outcome === 'rollback_failed' ? `${words}: A PERSON IS NEEDED NOW` : words,
    lines: [message, ...(cause === undefined || cause === '' ? [] : [`Cause: ${cause}`])],
    commands:
      outcome === 'rollback_failed' ? [...explain, `slipway status ${environment}`] : explain,
  }
}

/** Ends that nobody needs to look into. */
const fine: ReadonlySet<OutcomeNotice['outcome']> = new Set(['succeeded', 'unchanged'])
