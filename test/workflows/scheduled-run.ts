import type { WorkflowHandle } from '@temporalio/client'
import type { ScheduledInput, ScheduledWork } from '../../contract/schedules.ts'
import * as protocol from '../../contract/messages.ts'
import type { EnvironmentFixture } from './environment-fixture.ts'
import type { Harness } from './harness.ts'

/** Starts a run as a schedule would. */
export function startScheduledRun(
  { env }: Harness,
  { spec }: EnvironmentFixture,
  what: ScheduledWork,
): Promise<WorkflowHandle> {
  const input: ScheduledInput = {
    name: 'nightly',
    spec,
    requestedBy: 'ann@laptop',
    what,
    when: '',
  }
  return env.client.workflow.start(protocol.scheduledWorkflow, {
    workflowId: protocol.scheduledWorkflowId(spec.environment, 'nightly'),
    taskQueue: spec.taskQueues.release,
    args: [input],
  })
}
