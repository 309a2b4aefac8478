import type { WorkflowHandle } from '@temporalio/client'
import { Worker } from '@temporalio/worker'
import type { EnvironmentStatus } from '../../../contract/environment.ts'
import type { Harness } from '../harness.ts'

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>

/** Replays every run of an environment and every release in full, each with a new worker. */
export async function replayAll(
  { env, bundle }: Harness,
  workflowId: string,
  firstRunId: string,
  { releases }: EnvironmentStatus,
): Promise<void> {
  const { workflow } = env.client
  const handles: WorkflowHandle[] = releases.map(({ id }) => workflow.getHandle(id))
  const histories = []
  for (let runId: string | null | undefined = firstRunId; runId;) {
    const history: History = await workflow.getHandle(workflowId, runId).fetchHistory()
    histories.push({ workflowId, history })
    const last = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes
    runId = last?.newExecutionRunId
  }
  for (const handle of handles) {
    // A release that never started has no workflow.
    const history = await handle.fetchHistory().catch(() => undefined)
    if (history !== undefined) histories.push({ workflowId: handle.workflowId, history })
  }
  for await (const { error } of Worker.runReplayHistories({ workflowBundle: bundle }, histories)) {
    if (error !== undefined) throw error
  }
}
