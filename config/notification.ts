import { z } from 'zod'
import { outcomes } from '../contract/outcome.ts'
import type { NotificationEvent } from '../contract/environment-spec.ts'

const events = [
  'started',
  'approval_needed',
  'outcome',
] as const satisfies readonly NotificationEvent[]

/** Capitals only: anything else may be the secret itself. */
const variable = z
  .string()
  .regex(
    /^[A-Z_][A-Z0-9_]{0,127}$/,
    'the name of an environment variable of the worker, in capitals, such as "SLACK_WEBHOOK_URL", not its value',
  )

const fields = z.strictObject({
  type: z
    .enum(['slack', 'webhook'])
    .describe(
      '`slack`: a message through a Slack incoming webhook. `webhook`: a JSON request, see reference/webhook.md.',
    ),
  urlFrom: variable.describe(
    'Name of the worker’s environment variable that holds the address, which is a secret. Example: `SLACK_WEBHOOK_URL`.',
  ),
  secretFrom: variable
    .optional()
    .describe(
      'For `webhook`: name of the variable that holds the signing secret, `whsec_` followed by Base64.',
    ),
  on: z
    .array(z.enum(events))
    .min(1)
    .default([...events])
    .describe(
      'Events to report: a release has started, a deploy needs an approval, a release has ended.',
    ),
  outcomes: z
    .array(z.enum(outcomes))
    .min(1)
    .optional()
    .describe(
      'Outcomes to report, for example `[rejected, rolled_back, rollback_failed]`. Default: all.',
    ),
})

/** A notification as `slipway.yaml` has it. */
export const notification = fields
  .refine(({ type, secretFrom }) => type === 'webhook' || secretFrom === undefined, {
    message: 'no "secretFrom" with "type: slack": Slack checks no signatures',
    path: ['secretFrom'],
  })
  .refine(({ on, outcomes: some }) => some === undefined || on.includes('outcome'), {
    message: '"outcome" in "on": without it no outcome is reported',
    path: ['outcomes'],
  })
  .describe('A receiver of notifications about releases. It never delays or fails a release.')
