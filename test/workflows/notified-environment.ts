import { notify } from '../../activities/notifications/notify.ts'
import type { WebhookBody } from '../../activities/notifications/webhook-body.ts'
import type { NotificationSpec } from '../../contract/environment-spec.ts'
import type { Accepted } from '../../contract/requests.ts'
import { withEnvironment, type EnvironmentFixture } from './environment-fixture.ts'
import { deployOf } from './fixtures.ts'
import type { Harness } from './harness.ts'
import { openReceiver, type Received, type Receiver, type Reply } from './receiver.ts'

/** Of the worker of {@link withNotifiedEnvironment}. */
export const secret = `whsec_${Buffer.alloc(32, 's3cret').toString('base64')}`
export const webhook: NotificationSpec = {
  type: 'webhook',
  urlFrom: 'HOOK',
  secretFrom: 'SECRET',
  on: ['started', 'approval_needed', 'outcome'],
}

export interface NotifiedEnvironment {
  readonly environment: EnvironmentFixture
  readonly receiver: Receiver
  /** Deploys, told to the receiver. */
  readonly deploy: (commit: string) => Promise<Accepted>
}

export interface Telling {
  readonly replies?: readonly Reply[]
  readonly otherwise?: Parameters<typeof withEnvironment>[1]
  readonly rules?: Parameters<typeof withEnvironment>[3]
  readonly told?: readonly NotificationSpec[]
  readonly withinMs?: number
}

/** An environment whose notifications go to a receiver of the test's own, by the real activity. */
export async function withNotifiedEnvironment(
  harness: Harness,
  { replies = [], otherwise, rules, told = [webhook], withinMs = 2_000 }: Telling,
  work: (environment: NotifiedEnvironment) => Promise<void>,
): Promise<void> {
  const receiver = await openReceiver(...replies)
  const variables = { HOOK: receiver.url, SLACK_WEBHOOK_URL: receiver.url, SECRET: secret }
  try {
    await withEnvironment(
      harness,
      { ...otherwise, notify: (sending) => notify(sending, { variables, timeoutMs: withinMs }) },
      async (environment) => {
        const spec = { ...environment.spec, notifications: told }
        const deploy = (wanted: string) => environment.ask(deployOf(spec, { commit: wanted }))
        await work({ environment, receiver, deploy })
      },
      rules,
    )
  } finally {
    await receiver.close()
  }
}

export const bodyOf = ({ body }: Received) => JSON.parse(body) as WebhookBody

/** What each request told of: an outcome, or the event. */
export function whatIn(received: readonly Received[]): readonly string[] {
  return received.map((one) => {
    const { data, type } = bodyOf(one)
    return data.outcome ?? type.replace('release.', '')
  })
}
