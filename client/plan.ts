import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import type { Plan } from '../contract/activity-types.ts'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import { planWorkflow } from '../contract/messages.ts'
import type { AbortOptions } from './temporal/abort.ts'
import { executeWorkflow } from './temporal/execute-workflow.ts'

/**
 * What a release of a commit would change. Reads only.
 *
 * @throws UserError with everything that would get the release rejected
 */
export function planRelease(
  client: Client,
  input: { readonly spec: EnvironmentSpec; readonly commit: string },
  options: AbortOptions = {},
): Promise<Plan> {
  const { environment, taskQueues } = input.spec
  return executeWorkflow<typeof input, Plan>(client, options, {
    type: planWorkflow,
    workflowId: `plan/${environment}/${randomUUID()}`,
    taskQueue: taskQueues.release,
    input,
    // Longer than its activity may take (10 min), whose failure says more than this timeout.
    workflowExecutionTimeout: '12m',
  })
}
