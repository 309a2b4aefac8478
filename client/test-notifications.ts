import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import { testNotificationsWorkflow } from '../contract/messages.ts'
import type { TestedNotification } from '../contract/notifications.ts'
import type { AbortOptions } from './temporal/abort.ts'
import { executeWorkflow } from './temporal/execute-workflow.ts'
import { UserError } from './user-error.ts'

/**
 * Sends a test message to every receiver of an environment's notifications: from the worker, which
 * alone has the addresses. After an abort the worker still sends them.
 *
 * @throws UserError if the environment has no notifications
 */
export async function testNotifications(
  client: Client,
  input: { readonly spec: EnvironmentSpec; readonly requestedBy: string },
  options: AbortOptions = {},
): Promise<readonly TestedNotification[]> {
  const { environment, notifications = [], taskQueues } = input.spec
  if (notifications.length === 0) {
    throw new UserError(
      `${environment} has no notifications: add "notifications" to it or to the top of slipway.yaml (docs/how-to/notifications.md).`,
    )
  }
  return executeWorkflow<typeof input, readonly TestedNotification[]>(client, options, {
    type: testNotificationsWorkflow,
    workflowId: `notify/${environment}/${randomUUID()}`,
    taskQueue: taskQueues.release,
    input,
    workflowExecutionTimeout: '5m',
  })
}
