import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import { testNotificationsWorkflow } from '../contract/messages.ts'
import type { TestedNotification } from '../contract/notices.ts'
import { explained } from './explain-error.ts'
import { UserError } from './user-error.ts'

/**
 * Sends a test message to everybody who is told of an environment's releases: from the worker,
 * which alone has the addresses.
 *
 * @throws Refusal where nobody is told at all
 */
export async function testNotifications(
  client: Client,
  input: { readonly spec: EnvironmentSpec; readonly requestedBy: string },
): Promise<readonly TestedNotification[]> {
  const { environment, notifications = [], taskQueues } = input.spec
  if (notifications.length === 0) {
    throw new UserError(
      `Nobody is told of ${environment}: there are no "notifications" in slipway.yaml, neither there nor at its top.`,
    )
  }
  try {
    return await client.workflow.execute<
      (given: typeof input) => Promise<readonly TestedNotification[]>
    >(testNotificationsWorkflow, {
      workflowId: `notify/${environment}/${randomUUID()}`,
      taskQueue: taskQueues.release,
      args: [input],
      workflowExecutionTimeout: '5m',
    })
  } catch (error) {
    throw explained(error)
  }
}
