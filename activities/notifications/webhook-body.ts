import { z } from 'zod'
import { outcomes } from '../../contract/outcome.ts'
import type { Message } from './message.ts'
import type { Notice } from '../../contract/notices.ts'

/**
 * The body of a webhook, by the recommendations of Standard Webhooks. The reference page comes from
 * here, so each field's description is written for a reader of that page. A field may be added; one
 * that changes its meaning or goes makes another `version`.
 */
export const webhookBodySchema = z.object({
  version: z.literal(1).describe('Of this shape. More fields may come under the same one.'),
  type: z
    .enum(['release.started', 'release.approval_needed', 'release.outcome', 'test'])
    .describe('What has happened. `test`: somebody ran `slipway notify`.'),
  timestamp: z.iso.datetime().describe('When it happened, which may be long before it arrives.'),
  data: z
    .object({
      project: z.string().describe('`project` in `slipway.yaml`.'),
      environment: z.string().describe('Where it happened.'),
      requestedBy: z.string().describe('Who asked for it, as the caller says of itself.'),
      page: z
        .string()
        .optional()
        .describe('Address of the page in the Temporal UI, where `links.temporalUi` says.'),
      release: z
        .string()
        .optional()
        .describe('Id of the release. This and the next five: absent in a `test`.'),
      kind: z.enum(['deploy', 'redeploy', 'rollback']).optional().describe('What was asked for.'),
      summary: z
        .string()
        .optional()
        .describe('The release in one line, as the Temporal UI has it.'),
      commit: z.string().optional().describe('40 hexadecimal digits, where it is known.'),
      subject: z.string().optional().describe('First line of the commit message, of a deploy.'),
      reason: z.string().optional().describe('Why it was asked for, where somebody said so.'),
      approveUntil: z.iso
        .datetime()
        .optional()
        .describe('With `release.approval_needed`: without one until then it is rejected.'),
      outcome: z
        .enum(outcomes)
        .optional()
        .describe('With `release.outcome`, as the next four: how it ended.'),
      message: z.string().optional().describe('The same in a sentence.'),
      cause: z.string().optional().describe('The likely cause, where it failed.'),
      startedAt: z.iso
        .datetime()
        .optional()
        .describe('When it started; absent where it ended without ever having started.'),
      durationMs: z.int().optional().describe('How long it ran, in milliseconds.'),
    })
    .describe('What it is about.'),
})

export type WebhookBody = z.output<typeof webhookBodySchema>

export function webhookBody(notice: Notice, { page }: Message): WebhookBody {
  const { at, project, environment } = notice
  const { requestedBy } = notice.event === 'test' ? notice : notice.release
  const about = { project, environment, requestedBy, ...(page === undefined ? {} : { page }) }
  return {
    version: 1,
    type: notice.event === 'test' ? 'test' : `release.${notice.event}`,
    timestamp: iso(at),
    data: notice.event === 'test' ? about : { ...about, ...aboutRelease(notice) },
  }
}

function aboutRelease(notice: Exclude<Notice, { event: 'test' }>): Partial<WebhookBody['data']> {
  const { summary, reason } = notice
  const { id, kind, commit, subject } = notice.release
  return {
    release: id,
    kind,
    summary,
    ...(commit === undefined ? {} : { commit }),
    ...(subject === undefined ? {} : { subject }),
    ...(reason === undefined ? {} : { reason }),
    ...(notice.event === 'approval_needed' ? { approveUntil: iso(notice.until) } : {}),
    ...(notice.event === 'outcome' ? end(notice) : {}),
  }
}

function end({
  outcome,
  message,
  cause,
  startedAt,
  at,
}: Extract<Notice, { event: 'outcome' }>): Partial<WebhookBody['data']> {
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
