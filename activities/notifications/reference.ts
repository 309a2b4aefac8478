import { z } from 'zod'
import { sectionsOf } from '../../config/reference.ts'
import type { JsonSchema } from '../../config/json-schema.ts'
import { type WebhookBody, webhookBodySchema } from './webhook-body.ts'

/** The example on the reference page. A test validates it against the schema. */
export const exampleBody: WebhookBody = {
  version: 1,
  type: 'release.outcome',
  timestamp: '2026-03-01T12:30:00.000Z',
  data: {
    project: 'mailman',
    environment: 'production',
    requestedBy: 'ann@laptop',
    page: 'https://temporal.example.com/namespaces/default/workflows/release%2Fproduction%2F3f2c1ab4d5e6',
    release: 'release/production/3f2c1ab4d5e6',
    kind: 'deploy',
    summary: 'mailman 3f2c1ab → production: Add organization id to inboxes',
    commit: '3f2c1ab4d5e6f708192a3b4c5d6e7f8091a2b3c4',
    subject: 'Add organization id to inboxes',
    outcome: 'rolled_back',
    message: 'api: the circuit breaker stopped the rollout. The previous release runs again.',
    cause:
      'The health check fails: Health checks failed with these codes: [404]. Check the path and the success codes of the target group’s health check, and what the program answers there.',
    startedAt: '2026-03-01T12:26:40.000Z',
    durationMs: 200_000,
  },
}

/** The reference page of the webhook body, in Markdown, generated from its schema. */
export function webhookReference(): string {
  const schema = z.toJSONSchema(webhookBodySchema) as JsonSchema
  const sections = sectionsOf('body', schema, { column: 'present', required: 'always' })
  return `<!-- Made by \`node scripts/reference.ts\` from activities/notifications/. Change it there. -->

# What a webhook receives

A webhook receives a POST request with a JSON body, as specified by
[Standard Webhooks](https://www.standardwebhooks.com) 1.0.0, whose libraries can verify it.
[Notifications](../how-to/notifications.md) explains how to set one up.

\`\`\`json
${JSON.stringify(exampleBody, null, 2)}
\`\`\`

| header | value |
|---|---|
| \`content-type\` | \`application/json\` |
| \`webhook-id\` | Id of the notification, the same for every attempt. Ignore a request whose id you have already processed. |
| \`webhook-timestamp\` | Time of this attempt, in seconds since 1970. Reject a request that is more than five minutes old. |
| \`webhook-signature\` | Only with \`secretFrom\`: \`v1,\` and the Base64 of the HMAC-SHA256 of \`<id>.<timestamp>.<body>\`. The key is the Base64-decoded part of the secret after \`whsec_\`. |

Answer with 2xx within 15 s. After 408, 425, 429, 5xx or no answer, Slipway sends the request again
for up to six hours: after the time in \`Retry-After\`, if you send it (at most an hour), else after a
second, then at growing intervals of up to a minute. Every other answer is final. Redirects are not
followed.

The fields \`subject\`, \`summary\`, \`reason\`, \`requestedBy\`, \`message\` and \`cause\` contain untrusted
text: one line without control characters, not escaped in any way.

${sections.join('\n')}`
}
