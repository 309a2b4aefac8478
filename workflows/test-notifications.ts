import { type TestedNotification } from '../contract/notifications.ts'
import type { NotificationSpec, EnvironmentSpec } from '../contract/environment-spec.ts'
import { twoAttemptActivities } from './temporal/activity-proxies.ts'
import { receiverName } from './environment/state/outbox.ts'
import { failureMessage } from './temporal/failure.ts'

/** Sends a test to every receiver of an environment, and reports each delivery. */
export async function testNotifications(input: {
  readonly spec: EnvironmentSpec
  readonly requestedBy: string
}): Promise<readonly TestedNotification[]> {
  const { spec, requestedBy } = input
  const { project, environment, notifications = [], links } = spec
  const at = Date.now()
  async function sendTest(to: NotificationSpec): Promise<TestedNotification> {
    const name = receiverName({ to })
    const notification = {
      event: 'test',
      id: `test/${environment}/${at}`,
      at,
      project,
      environment,
      requestedBy,
      ...(links?.temporalUi === undefined ? {} : { temporalUi: links.temporalUi }),
    } as const
    try {
      await twoAttemptActivities(`${name}: test`).notify({ notification, to })
      return { to: name }
    } catch (failure) {
      return { to: name, failure: failureMessage(failure) }
    }
  }
  return Promise.all(notifications.map(sendTest))
}
