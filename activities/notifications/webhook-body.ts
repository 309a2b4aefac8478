import { z } from 'zod'
import { outcomes } from '../../contract/outcome.ts'
import type { Message } from './message.ts'
import type { Notification } from '../../contract/notifications.ts'

/**
 * The body of a webhook, as Standard Webhooks recommends it. The reference page is generated from
 * this schema, so each description is written for a reader of that page. New fields may be added;
 * changing or removing one needs a new `version`.
 */
export const webhookBodySchema = z.object({
  version: z
    .literal(1)
    .describe('Version of this schema. New fields may be added without changing it.'),
  type: z
    .enum(['release.started', 'release.approval_needed', 'release.outcome', 'test'])
    .describe('What happened. `test`: a person ran `slipway notify`.'),
  timestamp: z.iso.datetime().describe('When it happened, which may be long before this request.'),
  data: z
    .object({
      project: z.string().describe('`project` in `slipway.yaml`.'),
      environment: z.string().describe('Name of the environment.'),
      requestedBy: z
        .string()
        .describe('Who requested it, as the client reported it. Not verified.'),
      page: z
        .string()
        .optional()
        .describe(
          'URL of the page in the Temporal UI, if its address is configured (`links.temporalUi`).',
        ),
      release: z
        .string()
        .optional()
        .describe('Id of the release. This field and the next five are absent in a `test`.'),
      kind: z.enum(['deploy', 'redeploy', 'rollback']).optional().describe('What was requested.'),
      summary: z
        .string()
        .optional()
        .describe('The release in one line, as the Temporal UI shows it.'),
      commit: z.string().optional().describe('Commit id of 40 hexadecimal digits, if it is known.'),
      subject: z
        .string()
        .optional()
        .describe('First line of the commit message. Only for a deploy.'),
      reason: z.string().optional().describe('The reason that the requester gave, if any.'),
      approveUntil: z.iso
        .datetime()
        .optional()
        .describe(
          'Only with `release.approval_needed`: without an approval by then, it is rejected.',
        ),
      outcome: z
        .enum(outcomes)
        .optional()
        .describe(
          'How it ended. This field and the next four are only present with `release.outcome`.',
        ),
      message: z.string().optional().describe('The outcome in a sentence.'),
      cause: z.string().optional().describe('The likely cause of a failure.'),
      startedAt: z.iso
        .datetime()
        .optional()
        .describe('When it started. Absent if it ended without having started.'),
      durationMs: z
        .int()
        .optional()
        .describe('How long it ran, in milliseconds. Absent if it never started.'),
    })
    .describe('The release, or the test, that it is about.'),
})

export type WebhookBody = z.output<typeof webhookBodySchema>

export function webhookBody(notification: Notification, { page }: Message): WebhookBody {
  const { at, project, environment } = notification
  const { requestedBy } = notification.event === 'test' ? notification : notification.release
  const about = { project, environment, requestedBy, ...(page === undefined ? {} : { page }) }
  return {
    version: 1,
    type: notification.event === 'test' ? 'test' : `release.${notification.event}`,
    timestamp: iso(at),
    data: notification.event === 'test' ? about : { ...about, ...aboutRelease(notification) },
  }
}

function aboutRelease(
  notification: Exclude<Notification, { event: 'test' }>,
): Partial<WebhookBody['data']> {
  const { summary, reason } = notification
  const { id, kind, commit, subject } = notification.release
  return {
    release: id,
    kind,
    summary,
    ...(commit === undefined ? {} : { commit }),
    ...(subject === undefined ? {} : { subject }),
    ...(reason === undefined ? {} : { reason }),
    ...(notification.event === 'approval_needed' ? { approveUntil: iso(notification.until) } : {}),
    ...(notification.event === 'outcome' ? aboutOutcome(notification) : {}),
  }
}

function aboutOutcome({
  outcome,
  message,
  cause,
  startedAt,
  at,
}: Extract<Notification, { event: 'outcome' }>): Partial<WebhookBody['data']> {
  return {
    outcome,
    message,
    ...(cause === undefined ? {} : { cause }),
    ...(startedAt === undefined ? {} : { startedAt: iso(startedAt), durationMs: at - startedAt }),
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
