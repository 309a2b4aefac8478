import { z } from 'zod'
import { outcomes } from '../contract/outcome.ts'
import type { NotificationEvent } from '../contract/environment-spec.ts'

const events = [
  'started',
  'approval_needed',
  'outcome',
] as const satisfies readonly NotificationEvent[]

/** Capitals only: what is no name of a variable may well be the secret itself. */
const variable = z
  .string()
  .regex(
    /^[A-Z_][A-Z0-9_]{0,127}$/,
    'the name of an environment variable of the worker in capitals, such as "SLACK_WEBHOOK_URL", and not what it holds',
  )

const fields = z.strictObject({
  type: z
    .enum(['slack', 'webhook'])
    .describe(
      '`slack`: a message by an incoming webhook of Slack’s. `webhook`: JSON, as the page on notifications has it.',
    ),
  urlFrom: variable.describe(
    'Name of the environment variable of the worker that holds the address, which is a secret: `SLACK_WEBHOOK_URL`.',
  ),
  secretFrom: variable
    .optional()
    .describe(
      'For `webhook`: name of the variable that holds the secret to sign with, `whsec_` and Base64.',
    ),
  on: z
    .array(z.enum(events))
    .min(1)
    .default([...events])
    .describe(
      'What is told: a release has started, a deploy waits for an approval, a release has ended.',
    ),
  outcomes: z
    .array(z.enum(outcomes))
    .min(1)
    .optional()
    .describe(
      'Of the ends only these, for example `[rejected, rolled_back, rollback_failed]`. Default: all.',
    ),
})

/** A notification as `slipway.yaml` has it. */
export const notification = fields
  .refine(({ type, secretFrom }) => type === 'webhook' || secretFrom === undefined, {
    message: 'nothing: Slack checks no signatures, so "secretFrom" goes with "type: webhook"',
    path: ['secretFrom'],
  })
  .refine(({ on, outcomes: some }) => some === undefined || on.includes('outcome'), {
    message: '"outcome" under "on", else no outcome is told at all',
    path: ['outcomes'],
  })
  .describe('Somebody who is told of releases. It never holds up or fails one.')
