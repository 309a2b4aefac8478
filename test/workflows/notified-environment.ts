import { notify } from '../../activities/notifications/notify.ts'
import type { WebhookBody } from '../../activities/notifications/webhook-body.ts'
import type { NotificationSpec } from '../../contract/environment-spec.ts'
import type { Accepted } from '../../contract/requests.ts'
import { withEnvironment, type EnvironmentFixture } from './environment-fixture.ts'
import { deployOf } from './fixtures.ts'
import type { Harness } from './harness.ts'
import { openReceiver, type Received, type Receiver, type Reply } from './receiver.ts'

/** The signing secret of the worker in {@link withNotifiedEnvironment}. */
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
  /** Deploys a commit, with notifications to the receiver. */
  readonly deploy: (commit: string) => Promise<Accepted>
}

export interface NotifiedOptions {
  readonly replies?: readonly Reply[]
  readonly otherwise?: Parameters<typeof withEnvironment>[1]
  readonly rules?: Parameters<typeof withEnvironment>[3]
  readonly notifications?: readonly NotificationSpec[]
  readonly withinMs?: number
}

/** An environment whose notifications go through the real activity to a receiver of the test's own. */
export async function withNotifiedEnvironment(
  harness: Harness,
  { replies = [], otherwise, rules, notifications = [webhook], withinMs = 2_000 }: NotifiedOptions,
  work: (environment: NotifiedEnvironment) => Promise<void>,
): Promise<void> {
  const receiver = await openReceiver(...replies)
  const variables = { HOOK: receiver.url, SLACK_WEBHOOK_URL: receiver.url, SECRET: secret }
  try {
    await withEnvironment(
      harness,
      { ...otherwise, notify: (sending) => notify(sending, { variables, timeoutMs: withinMs }) },
      async (environment) => {
        const spec = { ...environment.spec, notifications }
        const deploy = (commit: string) => environment.request(deployOf(spec, { commit }))
        await work({ environment, receiver, deploy })
      },
      rules,
    )
  } finally {
    await receiver.close()
  }
}

export const bodyOf = ({ body }: Received) => JSON.parse(body) as WebhookBody

/** What each request reported: an outcome, or the event. */
export function eventsIn(received: readonly Received[]): readonly string[] {
  return received.map((one) => {
    const { data, type } = bodyOf(one)
    return data.outcome ?? type.replace('release.', '')
  })
}
