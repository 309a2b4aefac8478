import { z } from 'zod'
import { sectionsOf } from '../../config/reference.ts'
import type { JsonSchema } from '../../config/json-schema.ts'
import { type WebhookBody, webhookBodySchema } from './webhook-body.ts'

/** The example of the reference page: a test holds it to the schema. */
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
    message: 'api: the circuit breaker gave up; what ran before runs again.',
    cause: 'The health check fails: Health checks failed with these codes: [404].',
    startedAt: '2026-03-01T12:26:40.000Z',
    durationMs: 200_000,
  },
}

/** The reference page of what a webhook receives, in Markdown, made from its schema. */
export function webhookReference(): string {
  const schema = z.toJSONSchema(webhookBodySchema) as JsonSchema
  const sections = sectionsOf('body', schema, { column: 'there', required: 'always' })
  return `<!-- Made by \`node scripts/reference.ts\` from activities/notifications/. Change it there. -->

# What a webhook receives

A POST with a JSON body, as [Standard Webhooks](https://www.standardwebhooks.com) 1.0.0 has it: its
libraries verify it. [How to be told](../how-to/notifications.md) says how to set one up.

\`\`\`json
${JSON.stringify(exampleBody, null, 2)}
\`\`\`

| header | holds |
|---|---|
| \`content-type\` | \`application/json\` |
| \`webhook-id\` | What was sent: the same for every try. Take what comes a second time under one id for the same. |
| \`webhook-timestamp\` | When this try was made, in seconds since 1970. Refuse what is older than five minutes. |
| \`webhook-signature\` | With \`secretFrom\`: \`v1,\` and, in Base64, the HMAC-SHA256 of \`<id>.<timestamp>.<body>\` under the bytes that the secret has behind \`whsec_\` in Base64. |

Answer 2xx within 15 s. On 408, 425, 429, 5xx and no answer at all it is sent again, after
\`Retry-After\` where you say so (at most an hour), else after a second and then ever more rarely, up
to each minute, for six hours. Every other answer is final; redirects are not followed.

What is text of others (\`subject\`, \`summary\`, \`reason\`, \`requestedBy\`, \`message\`, \`cause\`) is one
line without control characters, and not escaped for anything.

${sections.join('\n')}`
}
